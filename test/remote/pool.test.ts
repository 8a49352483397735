import { expect, onTestFinished, test } from "vitest";
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
  const pool = newPool();
  const connections = await Promise.all([
    pool.connect(machine("m1", behind(bastion, m1))),
    pool.connect(machine("m2", behind(bastion, m2))),
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

test("a single connection opens its own connection to the bastion, and closes it again", async () => {
  const [bastion, m1] = await Promise.all([startSshd(), startSshd()]);
  const connection = await connected(m1, {}, behind(bastion, m1));
  expect((await connection.run("echo through")).stdout).toBe("through\n");
  await connection[Symbol.asyncDispose]();
  await eventually(() => bastion.connections + m1.connections).toBe(0);
});

test("a lost bastion is reconnected together with the machine behind it", async () => {
  const [bastion, m1] = await Promise.all([startSshd(), startSshd()]);
  const connection = await newPool().connect(machine("m1", behind(bastion, m1)));
  const lost = failure(connection.run(`touch ${m1.folder}/begun; sleep 1000`));
  await eventually(() => m1.commands.length).toBe(1);
  bastion.drop();
  expect(await lost).toMatchObject({ code: "E_CONNECTION_LOST", details: { host: "m1" } });
  expect((await connection.run("echo again")).stdout).toBe("again\n");
  expect(bastion.logins).toHaveLength(2);
});

test("a lost machine behind a bastion is detected while the bastion's connection is open, and reconnected", async () => {
  const [bastion, m1] = await Promise.all([startSshd(), startSshd()]);
  const connection = await newPool().connect(machine("m1", behind(bastion, m1)));
  const lost = failure(connection.run("sleep 1000", { listen: () => undefined }));
  await eventually(() => m1.commands.length).toBe(1);
  m1.drop();
  expect(await lost).toMatchObject({ code: "E_CONNECTION_LOST", details: { host: "m1" } });
  expect((await connection.run("echo again")).stdout).toBe("again\n");
  expect([bastion.logins, m1.logins]).toEqual([["jump"], ["root", "root"]]);
});

test("an error of a bastion that cannot reach the machine names both", async () => {
  const [bastion, m1] = await Promise.all([startSshd({ forwarding: false }), startSshd()]);
  expect(await failure(newPool().connect(machine("m1", behind(bastion, m1))))).toMatchObject({
    code: "E_UNREACHABLE",
    message: `bastion jump@127.0.0.1:${bastion.port}: it cannot reach 127.0.0.1:${m1.port}`,
    details: { host: "m1" },
  });
});

test("the hint for an unknown host key behind a bastion scans it from the bastion", async () => {
  const [bastion, m1] = await Promise.all([startSshd(), startSshd()]);
  m1.write("known_hosts", "");
  const error = await failure(newPool().connect(machine("m1", behind(bastion, m1))));
  expect(error.code).toBe("E_HOST_KEY");
  expect(error.details.hint).toContain(
    `ssh -p ${bastion.port} jump@127.0.0.1 ssh-keyscan -p ${m1.port} -t ed25519 127.0.0.1 >> `,
  );
});

test("a bastion's error is the same object for all machines behind it", async () => {
  const [bastion, m1, m2] = await Promise.all([startSshd({ refuseLogins: true }), startSshd(), startSshd()]);
  const pool = newPool();
  const [error, other] = await Promise.all([
    failure(pool.connect(machine("m1", behind(bastion, m1)))),
    failure(pool.connect(machine("m2", behind(bastion, m2)))),
  ]);
  expect(error).toMatchObject({ code: "E_AUTH", details: { host: `bastion jump@127.0.0.1:${bastion.port}` } });
  expect(other).toBe(error);
});

test("at most ten logins run at once at one sshd", async () => {
  const waiting: (() => void)[] = [];
  const sshd = await startSshd({ beforeLogin: () => new Promise((resolve) => void waiting.push(resolve)) });
  const pool = newPool();
  const all = Promise.all(Array.from({ length: 12 }, (_, n) => pool.connect(machine(`m${n}`, sshd.target()))));
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

test("closing the pool closes all connections, even one that is just being opened", async () => {
  const [bastion, m1, m2] = await Promise.all([startSshd(), startSshd(), startSshd()]);
  const pool = newPool();
  await pool.connect(machine("m1", behind(bastion, m1)));
  const late = pool.connect(machine("m2", m2.target()));
  await pool[Symbol.asyncDispose]();
  await late;
  await eventually(() => bastion.connections + m1.connections + m2.connections).toBe(0);
});
