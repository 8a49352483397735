import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { userInfo } from "node:os";
import { expect, onTestFinished, test } from "vitest";
import type { SshTarget } from "../../src/inventory/cluster.ts";
import { batchReads } from "../../src/remote/batch.ts";
import { putLocalFile } from "../../src/remote/files.ts";
import { connect } from "../../src/remote/ssh.ts";
import { because, missingPrograms, temporaryFolder } from "../support/programs.ts";
import { eventually, failure, newKey, type KeyPair } from "../support/sshd.ts";

const SSHD = "/usr/sbin/sshd";
const notHere = missingPrograms(SSHD) ?? (process.getuid?.() === 0 ? undefined : "needs root");
const story = (name: string, tell: () => Promise<void>) =>
  test.skipIf(notHere)(`OpenSSH: ${name}${because(notHere)}`, tell);

/** Debian's own sshd on a port of its own; ended by its process when the test is over. */
async function startOpenSsh(settings: readonly string[] = [], hostKey: KeyPair = newKey()): Promise<SshTarget> {
  const folder = temporaryFolder();
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), `${text}\n`, { mode: 0o600 });
    return join(folder, name);
  };
  const client = newKey();
  const port = await freePort();
  const config = file(
    "sshd_config",
    // The first of two values counts.
    [
      ...settings,
      `HostKey ${file("host", hostKey.private)}`,
      `AuthorizedKeysFile ${file("authorized_keys", client.public)}`,
      "ListenAddress 127.0.0.1",
      "PermitRootLogin yes",
      "StrictModes no",
      "UsePAM no",
      "PidFile none",
    ].join("\n"),
  );
  mkdirSync("/run/sshd", { recursive: true });
  const sshd = spawn(SSHD, ["-D", "-e", "-f", config, "-p", String(port)], { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(() => end(sshd));
  await once(sshd.stderr, "data");
  return {
    address: "127.0.0.1",
    port,
    user: userInfo().username,
    identityFiles: [file("id", client.private)],
    agent: false,
    knownHostsFiles: [file("known_hosts", `[127.0.0.1]:${port} ${hostKey.public}`)],
  };
}

async function end(child: ChildProcess): Promise<void> {
  child.kill();
  if (child.exitCode === null) await once(child, "exit");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function connected(target: SshTarget) {
  const connection = await connect("m1", target);
  onTestFinished(() => connection[Symbol.asyncDispose]());
  return connection;
}

story("commands, codes, signals, and a batch of reads in one command", async () => {
  const connection = await connected(await startOpenSsh());
  expect(await connection.run("cat; echo $LC_ALL >&2; exit 5", { input: "in" })).toEqual({
    code: 5,
    stdout: "in",
    stderr: "C\n",
  });
  expect((await connection.run("kill -TERM $$")).code).toBe(143);
  const read = batchReads(connection);
  const results = await Promise.all(["echo a", "exit 2", "cat /etc/hostname"].map((script) => read(script)));
  expect(results.map(({ code }) => code)).toEqual([0, 2, 0]);
  expect(connection.traffic.commands).toBe(3);
});

story("a .bashrc that reads from stdin is reported, and no script is run without its beginning", async () => {
  const home = temporaryFolder();
  writeFileSync(join(home, ".bashrc"), "read -r answer\n");
  const connection = await connected(await startOpenSsh([`SetEnv HOME=${home}`]));
  expect(await failure(connection.run(`exit 0\ntouch ${home}/ran`))).toMatchObject({
    code: "E_AUTH",
    message: `a login file of ${userInfo().username} reads the commands that Tripod sends`,
    details: { host: "m1" },
  });
  expect(readdirSync(home)).toEqual([".bashrc"]);
});

story("endless output is an error, the command ends, and the next one runs", async () => {
  const pid = join(temporaryFolder(), "pid");
  const connection = await connected(await startOpenSsh());
  expect(await failure(connection.run(`echo $$ >${pid}; exec yes`))).toMatchObject({
    code: "E_COMMAND",
    message: "a command printed more than 16 MiB",
    details: { host: "m1" },
  });
  await eventually(() => existsSync(`/proc/${readFileSync(pid, "utf8").trim()}`)).toBe(false);
  expect((await connection.run("echo fine")).stdout).toBe("fine\n");
});

story("ten megabytes are transferred in both directions", async () => {
  const folder = temporaryFolder();
  const connection = await connected(await startOpenSsh());
  const { stdout } = await connection.run("head -c 10000000 /dev/zero | tr '\\0' x");
  writeFileSync(join(folder, "here"), stdout);
  await putLocalFile(connection, { localPath: join(folder, "here"), path: join(folder, "there"), mode: 0o600 });
  expect(readFileSync(join(folder, "there"), "utf8")).toBe("x".repeat(10_000_000));
  expect(readdirSync(folder).sort()).toEqual(["here", "there"]);
});

story("a disk that fills up during a transfer ends it, and the old file stays", async () => {
  const [folder, disk] = [temporaryFolder(), temporaryFolder()];
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", disk]);
  onTestFinished(() => void spawnSync("umount", [disk]));
  const [localPath, path] = [join(folder, "large"), join(disk, "f")];
  writeFileSync(localPath, Buffer.alloc(20_000_000));
  writeFileSync(path, "old");
  const error = await failure(putLocalFile(await connected(await startOpenSsh()), { localPath, path, mode: 0o600 }));
  expect(error).toMatchObject({
    code: "E_COMMAND",
    details: { why: expect.stringContaining("No space left") as string },
  });
  expect([readFileSync(path, "utf8"), readdirSync(disk)]).toEqual(["old", ["f"]]);
});

story("a session limit of two is respected", async () => {
  const connection = await connected(await startOpenSsh(["MaxSessions 2"]));
  const results = await Promise.all(Array.from({ length: 6 }, (_, n) => connection.run(`echo ${n}`)));
  expect(results.map(({ stdout }) => Number(stdout))).toEqual([0, 1, 2, 3, 4, 5]);
});

story("a command that ends its own connection has no Result, and the next one reconnects", async () => {
  const connection = await connected(await startOpenSsh());
  expect(await failure(connection.run("kill -KILL $PPID"))).toMatchObject({
    code: "E_CONNECTION_LOST",
    details: { why: expect.stringContaining("kill -KILL $PPID") as string },
  });
  expect((await connection.run("echo again")).stdout).toBe("again\n");
});

story("the login fails after all keys were refused", async () => {
  const target = await startOpenSsh(["AuthorizedKeysFile /dev/null"]);
  const error = await failure(
    connect("m1", { ...target, identityFiles: Array<string>(3).fill(target.identityFiles[0] ?? "") }),
  );
  expect(error.code).toBe("E_AUTH");
});

story("too many keys and wrong keys are different errors", async () => {
  const target = await startOpenSsh(["AuthorizedKeysFile none", "MaxAuthTries 2"]);
  const error = await failure(
    connect("m1", { ...target, identityFiles: Array<string>(5).fill(target.identityFiles[0] ?? "") }),
  );
  expect(error).toMatchObject({
    code: "E_AUTH",
    details: { why: expect.stringContaining("Too many authentication failures") as string },
  });
});

story("a new host key is refused", async () => {
  const target = await startOpenSsh();
  writeFileSync(target.knownHostsFiles[0] ?? "", `[127.0.0.1]:${target.port} ${newKey().public}\n`);
  expect(await failure(connect("m1", target))).toMatchObject({
    code: "E_HOST_KEY",
    message: "its host key has changed",
  });
});

story("an sshd with only SHA-1 MACs is refused", async () => {
  const target = await startOpenSsh(["Ciphers aes128-ctr", "MACs hmac-sha1,hmac-sha1-etm@openssh.com"]);
  expect(await failure(connect("m1", target))).toMatchObject({
    code: "E_UNREACHABLE",
    details: {
      host: "m1",
      why: expect.stringContaining("no matching") as string,
      hint: expect.stringContaining("MACs") as string,
    },
  });
});

story("a machine is reached through a bastion, unless it does not allow forwarding", async () => {
  const [bastion, closed, target] = await Promise.all([
    startOpenSsh(),
    startOpenSsh(["AllowTcpForwarding no"]),
    startOpenSsh(),
  ]);
  expect((await (await connected({ ...target, bastion })).run("echo through")).stdout).toBe("through\n");
  expect(await failure(connect("m1", { ...target, bastion: closed }))).toMatchObject({
    code: "E_UNREACHABLE",
    details: { hint: "set AllowTcpForwarding yes in its sshd_config" },
  });
});
