import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { TripodError } from "../../src/errors.ts";
import { connect } from "../../src/remote/ssh.ts";
import { Secret } from "../../src/secret.ts";
import { connected, eventually, failure, startSshd, type Sshd } from "../support/sshd.ts";

/** A script that says when it has begun, and then goes on for long; and the wait for it. */
const begin = (sshd: Sshd) => `touch ${sshd.folder}/begun; sleep 1000`;
const begun = (sshd: Sshd) => eventually(() => existsSync(`${sshd.folder}/begun`)).toBe(true);

test("a command's output, error output and exit code are separate", async () => {
  const connection = await connected(await startSshd());
  const result = await connection.run("printf 'one\\ntwo'; echo three >&2; exit 4");
  expect(result).toEqual({ code: 4, stdout: "one\ntwo", stderr: "three\n" });
});

test("input reaches the command byte for byte, and a Secret is revealed", async () => {
  const connection = await connected(await startSshd());
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  expect((await connection.run("od -An -v -tx1 | tr -d ' \\n'", { input: bytes })).stdout).toBe(bytes.toString("hex"));
  expect((await connection.run("cat", { input: new Secret("it's a 'secret'") })).stdout).toBe("it's a 'secret'");
  expect((await connection.run("cat")).stdout).toBe("");
});

test("neither the script nor its input is in the command line that others on the host can see", async () => {
  const sshd = await startSshd();
  const connection = await connected(sshd);
  await connection.run("cat >/dev/null # a comment", { input: new Secret("hunter2") });
  expect(sshd.commands.join()).not.toMatch(/comment|hunter2/);
});

test("a script of half a megabyte runs", async () => {
  const connection = await connected(await startSshd());
  const result = await connection.run(`${": nothing but noise\n".repeat(25_000)}cat; echo done`, { input: "input, " });
  expect(result).toEqual({ code: 0, stdout: "input, done\n", stderr: "" });
});

test("fifty megabytes of output arrive completely if the limit allows it", async () => {
  const connection = await connected(await startSshd());
  const { stdout } = await connection.run("head -c 50000000 /dev/zero | tr '\\0' x", { maxOutput: 50_000_100 });
  expect(stdout.length).toBe(50_000_000);
  expect(connection.traffic.bytesReceived).toBeGreaterThanOrEqual(50_000_000);
});

test.each([
  ["a command", "", "yes"],
  ["a command's error output", "", "yes >&2"],
  ["a login file", "yes", "true"],
])(
  "%s that talks without end is ended with the host's name, and the connection lives on",
  async (_, loginFile, script) => {
    const sshd = await startSshd({ loginFile: `[ -e $HOME/quiet ] || { touch ~/quiet; ${loginFile || ":"}; }` });
    const connection = await connected(sshd);
    const error = await failure(connection.run(script));
    expect(error).toMatchObject({
      code: "E_COMMAND",
      message: "a command printed more than 16 MiB",
      details: { host: "m1", why: expect.stringContaining(script) as string },
    });
    expect((await connection.run("echo fine")).stdout).toBe("fine\n");
    expect(connection.traffic.bytesReceived).toBeLessThan(64 * 2 ** 20);
  },
);

test("a command that exceeds its time limit is abandoned with the host's name, and the connection stays usable", async () => {
  const connection = await connected(await startSshd());
  expect(await failure(connection.run("sleep 1000", { within: 300 }))).toMatchObject({
    code: "E_COMMAND",
    message: "a command did not end within 0.3 s",
    details: { host: "m1", why: "the command was:\nsleep 1000" },
  });
  expect((await connection.run("echo fine", { within: 30_000 })).stdout).toBe("fine\n");
});

test("the output of a login file is not part of the result", async () => {
  const connection = await connected(await startSshd({ loginFile: "echo welcome; echo news >&2" }));
  expect(await connection.run("echo ours")).toEqual({ code: 0, stdout: "ours\n", stderr: "" });
});

test.each([
  ["its first line", "read -r line"],
  ["a few bytes", "head -c 5 >/dev/null"],
  ["all of it", "cat >/dev/null"],
  ["its first line, and prints it", 'read -r line; echo "$line"; echo "$line" >&2'],
])("a login file that reads %s of what is sent is an error, and nothing of the script is run", async (_, bashrc) => {
  const sshd = await startSshd({ bashrc });
  const connection = await connected(sshd);
  const scripts = [`touch ${sshd.folder}/ran`, `umask 077\ntouch ${sshd.folder}/ran\necho done`];
  for (const script of scripts)
    expect(await failure(connection.run(script, { input: "input" }))).toMatchObject({
      code: "E_AUTH",
      message: "a login file of root reads the commands that Tripod sends",
      details: { host: "m1", hint: expect.stringContaining("~root/.bashrc") as string },
    });
  for (const script of scripts) expect(await failure(connection.run(script))).toMatchObject({ code: "E_AUTH" });
  expect(existsSync(`${sshd.folder}/ran`)).toBe(false);
});

test("a login file that reads the middle of a script is an error too", async () => {
  const sshd = await startSshd({
    bashrc: "take() { dd bs=1 count=$1 status=none; }; exec < <(take 1000; take 7 >/dev/null; exec cat)",
  });
  const connection = await connected(sshd);
  const script = `${": a line of the script\n".repeat(200)}touch ${sshd.folder}/ran`;
  expect(await failure(connection.run(script))).toMatchObject({ code: "E_AUTH" });
  expect(existsSync(`${sshd.folder}/ran`)).toBe(false);
});

test("a login file that prints every command does not affect the output", async () => {
  const connection = await connected(await startSshd({ bashrc: 'set -x; echo "$BASH_EXECUTION_STRING"' }));
  expect(await connection.run("echo ours")).toEqual({ code: 0, stdout: "ours\n", stderr: "" });
});

test("a proxy in the login environment is not used for connections to the cluster", async () => {
  const asked: string[] = [];
  const serve = (name: string) => {
    const server = createHttpServer((request, response) => {
      asked.push(`${name} ${request.url ?? ""}`);
      response.end("ok");
    }).listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    return once(server, "listening").then(() => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  };
  const [api, proxy] = await Promise.all([serve("api"), serve("proxy")]);
  const names = ["http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"];
  const loginFile = [...names.map((name) => `export ${name}=${proxy}`), "export no_proxy=internal.example"].join("\n");
  const connection = await connected(await startSshd({ loginFile }));
  const { stdout } = await connection.run(`curl -s ${api}; http_proxy=${proxy} no_proxy= NO_PROXY= curl -s ${api}`);
  expect(stdout).toBe("okok");
  expect(asked).toEqual(["api /", `proxy ${api}`]);
});

test("a command killed by a signal has 128 and the signal's number", async () => {
  const connection = await connected(await startSshd());
  expect((await connection.run("kill -KILL $$")).code).toBe(137);
});

test("a login shell that runs no commands and a failing command are different errors", async () => {
  const sshd = await startSshd({ loginFile: "echo 'This account is currently not available.'; exit 1" });
  const error = await failure((await connected(sshd)).run("true"));
  expect(error).toMatchObject({
    code: "E_AUTH",
    details: { host: "m1", why: "This account is currently not available." },
  });
});

test("root's commands need no sudo, another user's use it unless they opt out", async () => {
  const sshd = await startSshd();
  const asRoot = await connected(sshd);
  await asRoot.run("true");
  const asAdmin = await connected(sshd, {}, sshd.target({ user: "admin" }));
  await asAdmin.run("true");
  await asAdmin.run("true", { asLoginUser: true });
  expect(sshd.commands.map((command) => command.includes("sudo -n"))).toEqual([false, true, false]);
});

test("a sudo that asks for a password is a separate error, with the line that fixes it", async () => {
  const sshd = await startSshd({ sudoSays: "sudo: a password is required" });
  const connection = await connected(
    sshd,
    { origin: { file: "c.yaml", line: 7, column: 3 } },
    sshd.target({ user: "admin" }),
  );
  const error = await failure(connection.run("id"));
  expect(error.explain()).toBe(
    `m1: admin may not become root (E_SUDO)
  at c.yaml:7:3
  | sudo: a password is required
  → Put "admin ALL=(ALL) NOPASSWD: ALL" into /etc/sudoers.d/tripod on the host, or log in as root.`,
  );
  expect((await connection.run("echo still here", { asLoginUser: true })).stdout).toBe("still here\n");
});

test.each([
  ["Sorry, user admin is not allowed to execute '/bin/sh' as root on m1.", /NOPASSWD/],
  ["sudo: sorry, you must have a tty to run sudo", /requiretty/],
  ["env: 'sudo': No such file or directory", /Install sudo/],
])("sudo's refusal %j leads to the right advice", async (sudoSays, advice) => {
  const sshd = await startSshd({ sudoSays });
  const error = await failure((await connected(sshd, {}, sshd.target({ user: "admin" }))).run("id"));
  expect(error).toMatchObject({
    code: "E_SUDO",
    details: { why: sudoSays, hint: expect.stringMatching(advice) as string },
  });
});

test("the error of a connection that breaks during a command shows the command, and the next one reconnects", async () => {
  const sshd = await startSshd();
  const connection = await connected(sshd);
  const lost = failure(connection.run(begin(sshd)));
  await begun(sshd);
  sshd.drop();
  expect(await lost).toMatchObject({
    code: "E_CONNECTION_LOST",
    message: "the connection was lost while a command ran; what it did is unknown",
    details: { host: "m1", why: expect.stringContaining(begin(sshd)) as string },
  });
  expect((await connection.run("echo again")).stdout).toBe("again\n");
  expect(sshd.logins).toHaveLength(2);
});

test("an exit code does not count if the connection broke before the last output arrived", async () => {
  const sshd = await startSshd();
  const connection = await connected(sshd);
  const gate = `${sshd.folder}/gate`;
  const lost = failure(connection.run(`mkfifo ${gate}; cat ${gate} & exit 0`));
  await eventually(() => sshd.exits).toBe(1);
  sshd.drop();
  expect(await lost).toMatchObject({ code: "E_CONNECTION_LOST" });
  await writeFile(gate, "");
});

test("a silent host is given up after three unanswered keepalive requests", async () => {
  const sshd = await startSshd();
  const connection = await connected(sshd, { keepaliveInterval: 250 });
  const lost = failure(connection.run(begin(sshd)));
  await begun(sshd);
  sshd.freeze();
  expect(await lost).toMatchObject({
    code: "E_CONNECTION_LOST",
    details: { why: expect.stringContaining("Keepalive") as string },
  });
});

test("a command after the connection was closed is refused", async () => {
  const sshd = await startSshd();
  const connection = await connect("m1", sshd.target());
  await connection[Symbol.asyncDispose]();
  await expect(connection.run("true")).rejects.toMatchObject({ code: "E_INTERNAL" });
  await eventually(() => sshd.connections).toBe(0);
});

test("a failing input stream is a local error, and the connection stays usable", async () => {
  const connection = await connected(await startSshd());
  const input = new Readable({ read: () => input.destroy(new Error("EIO: i/o error")) });
  expect(await failure(connection.run("cat", { input }))).toMatchObject({
    code: "E_LOCAL",
    details: { why: "EIO: i/o error" },
  });
  expect((await connection.run("echo fine")).stdout).toBe("fine\n");
});

test("twenty commands at once use eight sessions; the others are queued", async () => {
  const sshd = await startSshd();
  const connection = await connected(sshd);
  const results = await Promise.all(Array.from({ length: 20 }, (_, n) => connection.run(`echo ${n}`)));
  expect(results.map(({ stdout }) => Number(stdout))).toEqual([...Array(20).keys()]);
  expect(sshd.most.sessions).toBe(8);
  expect(sshd.logins).toHaveLength(1);
});

test("an sshd that allows two sessions gets two at a time", async () => {
  const sshd = await startSshd({ maxSessions: 2 });
  const connection = await connected(sshd);
  const results = await Promise.all(Array.from({ length: 10 }, (_, n) => connection.run(`echo ${n}`)));
  expect(results.map(({ stdout }) => Number(stdout))).toEqual([...Array(10).keys()]);
});

test("an sshd that allows no session is an error that names the setting", async () => {
  const connection = await connected(await startSshd({ maxSessions: 0 }));
  expect(await failure(connection.run("true"))).toMatchObject({
    code: "E_UNREACHABLE",
    details: { hint: "Raise MaxSessions in its sshd_config." },
  });
});

test("an aborted command ends with the abort's reason, and its connection stays usable", async () => {
  const sshd = await startSshd();
  const connection = await connected(sshd);
  const abort = new AbortController();
  const aborted = failure(connection.run(begin(sshd), { signal: abort.signal }));
  await begun(sshd);
  abort.abort(new TripodError("E_INTERRUPTED", "stopped"));
  expect(await aborted).toMatchObject({ code: "E_INTERRUPTED" });
  expect((await connection.run("echo fine")).stdout).toBe("fine\n");
  expect(sshd.logins).toHaveLength(1);
});

test("the observer gets every command once, with its script and its code", async () => {
  const heard: [string, string, number | undefined][] = [];
  const sshd = await startSshd({ maxSessions: 1 });
  const connection = await connected(sshd, { observer: ({ host, script, code }) => heard.push([host, script, code]) });
  await Promise.all([connection.run("exit 3"), connection.run("true")]);
  const lost = failure(connection.run("sleep 1000"));
  await eventually(() => sshd.commands.length).toBe(3);
  sshd.drop();
  await lost;
  expect(heard).toEqual([
    ["m1", "exit 3", 3],
    ["m1", "true", 0],
    ["m1", "sleep 1000", undefined],
  ]);
  expect(connection.traffic.commands).toBe(2);
});

test("a stream is opened from the machine to another address", async () => {
  const connection = await connected(await startSshd());
  const echo = createServer((socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
  await once(echo, "listening");
  const stream = await connection.dial("127.0.0.1", (echo.address() as AddressInfo).port);
  stream.write("there and back");
  const [answer] = (await once(stream, "data")) as [Buffer];
  expect(answer.toString()).toBe("there and back");
  stream.destroy();
  echo.close();
  await once(echo, "close");
});
