import { expect, onTestFinished, test } from "vitest";
import { TripodErrors } from "../../src/errors.ts";
import type { SshTarget } from "../../src/inventory/cluster.ts";
import { Pool, type PoolOptions } from "../../src/remote/pool.ts";
import { connected, eventually, failure, newKey, startSshd, type Sshd } from "../support/sshd.ts";

function newPool(options?: PoolOptions): Pool {
  const pool = new Pool(options);
  onTestFinished(() => pool[Symbol.asyncDispose]());
  return pool;
}

const machine = (name: string, ssh: SshTarget) => ({ name, ssh, origin: { file: "c.yaml", line: 1, column: 1 } });
const behind = (bastion: Sshd, sshd: Sshd) => sshd.target({ bastion: bastion.target({ user: "jump" }) });

test("machines behind one bastion share one connection to it", async () => {
  const [bastion, m1, m2] = await Promise.all([startSshd(), startSshd(), startSshd()]);
  const connections = await newPool().connectAll([
    machine("m1", behind(bastion, m1)),
    machine("m2", behind(bastion, m2)),
  ]);
  const results = await Promise.all(connections.map((connection) => connection.run(`echo ${connection.name}`)));
  expect(results.map(({ stdout }) => stdout)).toEqual(["m1\n", "m2\n"]);
  expect([bastion.logins, m1.logins, m2.logins]).toEqual([["jump"], ["root"], ["root"]]);
  expect(bastion.commands).toEqual([]);
});

test("machines that reach one bastion by different keys do not use each other's", async () => {
  const [bastion, m1, m2] = await Promise.all([startSshd(), startSshd(), startSshd()]);
  const wrong = m2.write("other", `${newKey().private}\n`);
  const pool = newPool();
  await pool.connect(machine("m1", behind(bastion, m1)));
  const other = m2.target({ bastion: bastion.target({ user: "jump", identityFiles: [wrong] }) });
  expect(await failure(pool.connect(machine("m2", other)))).toMatchObject({
    code: "E_AUTH",
    details: { host: `bastion jump@127.0.0.1:${bastion.port}`, why: `${wrong}: ssh-ed25519, refused` },
  });
  expect(m2.logins).toEqual([]);
});

test("a single connection brings its own bastion, and takes it away again", async () => {
  const [bastion, m1] = await Promise.all([startSshd(), startSshd()]);
  const connection = await connected(m1, {}, behind(bastion, m1));
  expect((await connection.run("echo through")).stdout).toBe("through\n");
  await connection[Symbol.asyncDispose]();
  await eventually(() => bastion.connections + m1.connections).toBe(0);
});

test("a bastion that was lost is connected to again with the machine behind it", async () => {
  const [bastion, m1] = await Promise.all([startSshd(), startSshd()]);
  const connection = await newPool().connect(machine("m1", behind(bastion, m1)));
  const lost = failure(connection.run(`touch ${m1.folder}/begun; sleep 1000`));
  await eventually(() => m1.commands.length).toBe(1);
  bastion.drop();
  expect(await lost).toMatchObject({ code: "E_CONNECTION_LOST", details: { host: "m1" } });
  expect((await connection.run("echo again")).stdout).toBe("again\n");
  expect(bastion.logins).toHaveLength(2);
});

test("a machine behind a bastion whose connection breaks is noticed, though the bastion's stands, and connected to again", async () => {
  const [bastion, m1] = await Promise.all([startSshd(), startSshd()]);
  const connection = await newPool().connect(machine("m1", behind(bastion, m1)));
  const lost = failure(connection.run("sleep 1000", { listen: () => undefined }));
  await eventually(() => m1.commands.length).toBe(1);
  m1.drop();
  expect(await lost).toMatchObject({ code: "E_CONNECTION_LOST", details: { host: "m1" } });
  expect((await connection.run("echo again")).stdout).toBe("again\n");
  expect([bastion.logins, m1.logins]).toEqual([["jump"], ["root", "root"]]);
});

test("a bastion that cannot reach the machine is named beside it", async () => {
  const [bastion, m1] = await Promise.all([startSshd({ forwarding: false }), startSshd()]);
  expect(await failure(newPool().connect(machine("m1", behind(bastion, m1))))).toMatchObject({
    code: "E_UNREACHABLE",
    message: `bastion jump@127.0.0.1:${bastion.port}: it cannot reach 127.0.0.1:${m1.port}`,
    details: { host: "m1" },
  });
});

test("a machine that only its bastion can see is recorded by asking there", async () => {
  const [bastion, m1] = await Promise.all([startSshd(), startSshd()]);
  m1.write("known_hosts", "");
  const error = await failure(newPool().connect(machine("m1", behind(bastion, m1))));
  expect(error.code).toBe("E_HOST_KEY");
  expect(error.details.hint).toContain(
    `ssh -p ${bastion.port} jump@127.0.0.1 ssh-keyscan -p ${m1.port} -t ed25519 127.0.0.1 >> `,
  );
});

test("what is wrong with all hosts is said at once, and what is wrong with their bastion once", async () => {
  const [bastion, m1, m2, m3] = await Promise.all([
    startSshd({ refuseLogins: true }),
    startSshd(),
    startSshd(),
    startSshd({ refuseLogins: true }),
  ]);
  const error = await failure(
    newPool().connectAll([
      machine("m1", behind(bastion, m1)),
      machine("m2", behind(bastion, m2)),
      machine("m3", m3.target()),
    ]),
  );
  expect(error).toBeInstanceOf(TripodErrors);
  expect(error).toMatchObject({
    message: "3 of 3 hosts cannot be reached",
    errors: [
      { code: "E_AUTH", details: { host: `bastion jump@127.0.0.1:${bastion.port}` } },
      { code: "E_AUTH", details: { host: "m3" } },
    ],
  });
});

test("no more than ten logins are under way at one sshd", async () => {
  const waiting: (() => void)[] = [];
  const sshd = await startSshd({ beforeLogin: () => new Promise((resolve) => void waiting.push(resolve)) });
  const pool = newPool();
  const all = pool.connectAll(Array.from({ length: 12 }, (_, n) => machine(`m${n}`, sshd.target())));
  await eventually(() => waiting.length).toBe(10);
  let settled = false;
  const finished = all.then((connections) => {
    settled = true;
    return connections.length;
  });
  await eventually(() => {
    for (const letIn of waiting.splice(0)) letIn();
    return settled;
  }).toBe(true);
  expect(await finished).toBe(12);
  expect(sshd.most.handshakes).toBe(10);
});

test("closing the pool leaves no connection behind, not even to a host that is just being reached", async () => {
  const [bastion, m1, m2] = await Promise.all([startSshd(), startSshd(), startSshd()]);
  const pool = newPool();
  await pool.connect(machine("m1", behind(bastion, m1)));
  const late = pool.connect(machine("m2", m2.target()));
  await pool[Symbol.asyncDispose]();
  await late;
  await eventually(() => bastion.connections + m1.connections + m2.connections).toBe(0);
});
