import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { writeFile } from "node:fs/promises";
import ssh2, { type ParsedKey } from "ssh2";
import { expect, onTestFinished, test, vi } from "vitest";
import { TripodError } from "../../src/errors.ts";
import type { SshTarget } from "../../src/inventory/cluster.ts";
import type { ConnectOptions } from "../../src/remote/ssh.ts";
import { because, missingPrograms } from "../support/programs.ts";
import { connected, eventually, failure, newKey, startSshd, type KeyPair, type Sshd } from "../support/sshd.ts";

const noAgent = missingPrograms("ssh-agent", "ssh-add");
const noKeygen = missingPrograms("ssh-keygen");

/** Connects and runs one command. */
async function login(sshd: Sshd, differing?: Partial<SshTarget>, options?: ConnectOptions): Promise<string> {
  const connection = await connected(sshd, options, sshd.target(differing));
  return (await connection.run("echo in", { asLoginUser: true })).stdout;
}

const refusal = (sshd: Sshd, differing?: Partial<SshTarget>, options?: ConnectOptions) =>
  failure(login(sshd, differing, options));

test.skipIf(noKeygen)(
  `a host nobody has recorded is refused, with its fingerprint and the line that records it${because(noKeygen)}`,
  async () => {
    const sshd = await startSshd();
    sshd.write("known_hosts", "");
    const error = await refusal(sshd, {}, { origin: { file: "c.yaml", line: 3, column: 5 } });
    const file = `${sshd.folder}/known_hosts`;
    const [, fingerprint] = execFileSync("ssh-keygen", ["-l", "-f", "-"], { input: sshd.hostKeys[0]?.public })
      .toString()
      .split(" ");
    expect(error.explain()).toBe(`m1: its host key is unknown: ssh-ed25519 ${fingerprint} (E_HOST_KEY)
  at c.yaml:3:5
  | recorded in none of: ${file}
  → compare it with the key on the machine (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub); if they are equal, record it: ssh-keyscan -p ${sshd.port} -t ed25519 127.0.0.1 >> ${file}`);
    expect(sshd.logins).toEqual([]);
  },
);

test("a host whose key has changed is refused, with the place of the recorded one", async () => {
  const sshd = await startSshd();
  sshd.record([newKey("rsa"), newKey()].reverse());
  const error = await refusal(sshd);
  expect(error).toMatchObject({ code: "E_HOST_KEY", message: "its host key has changed" });
  expect(error.details.why).toMatch(
    /^it presents ssh-ed25519 SHA256:.+\nrecorded at .+known_hosts:1: ssh-ed25519 SHA256:.+\nrecorded at .+known_hosts:2: ssh-rsa SHA256/,
  );
  expect(error.details.hint).toContain(`ssh-keygen -R '[127.0.0.1]:${sshd.port}' -f ${sshd.folder}/known_hosts`);
});

test.each(["ed25519", "ecdsa", "rsa"] as const)(
  "a host of three keys that is known by its %s key alone is asked for that one",
  async (type) => {
    const keys = { ed25519: newKey(), ecdsa: newKey("ecdsa"), rsa: newKey("rsa") };
    const sshd = await startSshd({ hostKeys: Object.values(keys) });
    sshd.record([keys[type]]);
    expect(await login(sshd)).toBe("in\n");
  },
);

test("a host without a key of the recorded type counts as changed", async () => {
  const sshd = await startSshd({ hostKeys: [newKey("ecdsa")] });
  sshd.record([newKey("ed25519")]);
  expect(await refusal(sshd)).toMatchObject({
    code: "E_HOST_KEY",
    message: "its host key has changed",
    details: { why: expect.stringMatching(/^it presents no key of a recorded type\n/) as string },
  });
});

test("a revoked key is refused, even if it is recorded too", async () => {
  const sshd = await startSshd();
  const known = `[127.0.0.1]:${sshd.port} ${sshd.hostKeys[0]?.public}\n@revoked * ${sshd.hostKeys[0]?.public}\n`;
  sshd.write("known_hosts", known);
  expect(await refusal(sshd)).toMatchObject({
    code: "E_HOST_KEY",
    details: { why: expect.stringContaining("known_hosts:2") as string },
  });
});

test("a host with only a certificate authority is unknown, and the error has the reason", async () => {
  const sshd = await startSshd();
  sshd.write("known_hosts", `@cert-authority * ${newKey().public}\n`);
  expect(await refusal(sshd)).toMatchObject({
    code: "E_HOST_KEY",
    details: { why: expect.stringContaining("host certificates are not supported") as string },
  });
});

test("a refused login names the user and every key that was tried", async () => {
  const sshd = await startSshd({ refuseLogins: true });
  agentAt(`${sshd.folder}/nowhere`);
  const files = [
    sshd.target().identityFiles[0] ?? "",
    sshd.write("other.pub", newKey().public),
    `${sshd.folder}/missing`,
  ];
  const error = await refusal(sshd, { user: "admin", identityFiles: files, agent: true });
  expect(error).toMatchObject({ code: "E_AUTH", message: `127.0.0.1:${sshd.port} did not let admin log in` });
  expect(error.details.why?.split("\n")).toEqual([
    `${files[0]}: ssh-ed25519, refused`,
    `${files[1]}: a public key; set the private one`,
    `${files[2]}: no such file`,
    expect.stringContaining(`agent: does not answer at ${sshd.folder}/nowhere`),
  ]);
});

test.skipIf(noKeygen)(`an encrypted key is no obstacle where another one is accepted${because(noKeygen)}`, async () => {
  const sshd = await startSshd();
  const encrypted = encryptedKey(sshd);
  expect(await login(sshd, { identityFiles: [encrypted, ...sshd.target().identityFiles] })).toBe("in\n");
});

test.skipIf(noKeygen)(`the hint for an encrypted key is ssh-agent${because(noKeygen)}`, async () => {
  const sshd = await startSshd();
  const file = encryptedKey(sshd);
  expect(await refusal(sshd, { identityFiles: [file] })).toMatchObject({
    code: "E_AUTH",
    details: { why: `${file}: encrypted`, hint: `give the encrypted key to ssh-agent: ssh-add ${file}` },
  });
});

test.skipIf(noAgent)(`a key in the agent is accepted${because(noAgent)}`, async () => {
  const sshd = await startSshd();
  const socket = `${sshd.folder}/agent`;
  const agent = spawn("ssh-agent", ["-D", "-a", socket]);
  await once(agent.stdout, "data");
  agentAt(socket);
  execFileSync("ssh-add", ["-q", ...sshd.target().identityFiles], {
    env: { ...process.env, SSH_AUTH_SOCK: socket },
    stdio: "ignore",
  });
  expect(await login(sshd, { identityFiles: [], agent: true })).toBe("in\n");
  agent.kill();
  await once(agent, "exit");
});

test("an agent that never answers is skipped if there is a key file, and reported if not", async () => {
  const sshd = await startSshd();
  const socket = await silentAgent(sshd);
  expect(await login(sshd, { agent: true })).toBe("in\n");
  expect(await refusal(sshd, { identityFiles: [], agent: true })).toMatchObject({
    code: "E_AUTH",
    details: {
      host: "m1",
      why: expect.stringContaining(`agent: does not answer at ${socket} (no answer within 3 s)`) as string,
    },
  });
});

test("Ctrl-C ends the wait for an agent that never answers", async () => {
  const sshd = await startSshd();
  let open = 0;
  await silentAgent(sshd, { opened: (change) => (open += change) });
  const interrupt = new AbortController();
  const ended = refusal(sshd, { identityFiles: [], agent: true }, { signal: interrupt.signal });
  await eventually(() => open).toBe(1);
  interrupt.abort(new TripodError("E_INTERRUPTED", "stopped"));
  expect(await ended).toMatchObject({ code: "E_INTERRUPTED" });
});

test("an agent that never signs is reported, and no connection to it stays open", async () => {
  const sshd = await startSshd();
  let open = 0;
  await silentAgent(sshd, { shows: sshd.clientKey, opened: (change) => (open += change) });
  expect(await refusal(sshd, { identityFiles: [], agent: true }, { connectTimeout: 1500 })).toMatchObject({
    code: "E_AUTH",
    message: "the SSH agent did not sign the login within 1.5 s",
    details: { host: "m1" },
  });
  await eventually(() => open).toBe(0);
});

test("a key file that never delivers data is reported", async () => {
  const sshd = await startSshd();
  const fifo = `${sshd.folder}/fifo`;
  execFileSync("mkfifo", [fifo]);
  // Whoever reads it is let go.
  onTestFinished(() => writeFile(fifo, ""));
  const error = await refusal(sshd, { identityFiles: [fifo] }, { connectTimeout: 500 });
  expect(error).toMatchObject({
    code: "E_LOCAL",
    details: { host: "m1", why: expect.stringContaining(fifo) as string },
  });
});

test("a host that supports only SHA-1 MACs is refused, one that also supports SHA-2 is not", async () => {
  const cipher = ["aes256-ctr" as const];
  const [old, both] = await Promise.all([
    startSshd({ algorithms: { cipher, hmac: ["hmac-sha1", "hmac-sha1-etm@openssh.com"] } }),
    startSshd({ algorithms: { cipher, hmac: ["hmac-sha1", "hmac-sha2-256"] } }),
  ]);
  expect(await refusal(old)).toMatchObject({
    code: "E_UNREACHABLE",
    details: { why: expect.stringMatching(/no matching .*MAC/) as string },
  });
  expect(await login(both)).toBe("in\n");
});

test("a closed port and an unknown name are different errors", async () => {
  const sshd = await startSshd();
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as AddressInfo;
  closed.close();
  expect(await refusal(sshd, { port })).toMatchObject({
    code: "E_UNREACHABLE",
    message: `nothing listens at 127.0.0.1:${port}`,
  });
  expect(await refusal(sshd, { address: "no-such-host.invalid" })).toMatchObject({
    code: "E_UNREACHABLE",
    message: expect.stringContaining("host name: no-such-host.invalid") as string,
  });
});

test("a host that accepts the connection and stays silent is given up in time, and the error names the step", async () => {
  const sshd = await startSshd();
  const mute = createServer().listen(0, "127.0.0.1");
  await once(mute, "listening");
  const { port } = mute.address() as AddressInfo;
  expect(await refusal(sshd, { port }, { connectTimeout: 500 })).toMatchObject({
    code: "E_UNREACHABLE",
    message: `no answer from 127.0.0.1:${port} within 0.5 s`,
    details: { why: "while waiting for its SSH greeting" },
  });
  mute.close();
});

test("a program that is not an sshd, or an sshd that closes the connection at once, is reported", async () => {
  const sshd = await startSshd();
  const rude = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await once(rude, "listening");
  const { port } = rude.address() as AddressInfo;
  expect(await refusal(sshd, { port })).toMatchObject({
    code: "E_UNREACHABLE",
    message: `no SSH connection to 127.0.0.1:${port}`,
  });
  rude.close();
});

test("an abort ends the attempt to connect", async () => {
  const abort = new AbortController();
  const sshd = await startSshd({
    beforeLogin: () => {
      abort.abort(new Error("enough"));
      return new Promise(() => undefined);
    },
  });
  await expect(login(sshd, {}, { signal: abort.signal })).rejects.toThrow("enough");
  await eventually(() => sshd.connections).toBe(0);
});

interface SilentAgent {
  /** The key that it shows. Default: it does not even show keys. */
  readonly shows?: KeyPair;
  /** Told +1 and -1. */
  readonly opened?: (change: number) => void;
}

/** An agent that takes questions and leaves them unanswered. */
async function silentAgent(sshd: Sshd, { shows, opened }: SilentAgent = {}): Promise<string> {
  const path = `${sshd.folder}/silent`;
  const server = createServer((socket) => {
    opened?.(1);
    socket.on("close", () => opened?.(-1)).on("error", () => undefined);
    if (!shows) return;
    const agent = new ssh2.AgentProtocol(false);
    const key = ssh2.utils.parseKey(shows.private) as ParsedKey;
    agent.on("identities", (request) => agent.getIdentitiesReply(request, [key]));
    socket.pipe(agent).pipe(socket);
  }).listen(path);
  onTestFinished(() => void server.close());
  await once(server, "listening");
  agentAt(path);
  return path;
}

function agentAt(socket: string): void {
  vi.stubEnv("SSH_AUTH_SOCK", socket);
  onTestFinished(() => void vi.unstubAllEnvs());
}

function encryptedKey(sshd: Sshd): string {
  const file = `${sshd.folder}/encrypted`;
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "a passphrase", "-f", file]);
  return file;
}
