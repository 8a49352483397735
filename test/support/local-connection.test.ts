import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { localConnection } from "./local-connection.ts";
import { failure } from "./sshd.ts";

const local = localConnection({ name: "here" });
const asMyself = { asLoginUser: true };

test("this machine runs commands as a host does", async () => {
  const result = await local.run("cat; echo oops >&2; pwd; exit 3", { input: "in\n", ...asMyself });
  expect(result).toEqual({ code: 3, stdout: "in\n/\n", stderr: "oops\n" });
  expect((await local.run("kill -KILL $$", asMyself)).code).toBe(137);
});

test("a command that does not read its input still ends", async () => {
  expect((await local.run("exec <&-; echo done", { input: Buffer.alloc(5_000_000), ...asMyself })).stdout).toBe(
    "done\n",
  );
});

test("an abort ends a command with the abort's reason", async () => {
  const abort = new AbortController();
  const aborted = failure(local.run("sleep 1000", { signal: abort.signal, ...asMyself }));
  abort.abort(new Error("enough"));
  expect(await aborted).toMatchObject({ message: "enough" });
});

test("a command whose output or duration exceeds its limit ends, with all processes it has started", async () => {
  const script = "(while echo y; do :; done; echo $? >&9) 9>&2 | cat & wait";
  expect(await failure(local.run(script, { ...asMyself, maxOutput: 1000 }))).toMatchObject({ code: "E_COMMAND" });
  expect(await failure(local.run("sleep 1000", { ...asMyself, within: 50 }))).toMatchObject({
    code: "E_COMMAND",
    details: { host: "here" },
  });
});

test("a missing shell and a failing command are different errors", async () => {
  const error = await failure(localConnection({ shell: "no-such-shell" }).run("true", asMyself));
  expect(error).toMatchObject({ code: "E_AUTH", details: { why: expect.stringContaining("no-such-shell") as string } });
});

test("a stream is opened from this machine, or the error names its target", async () => {
  const server = createServer((socket) => socket.end("hello")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const stream = await local.dial("127.0.0.1", port);
  expect(String((await once(stream, "data"))[0])).toBe("hello");
  stream.destroy();
  server.close();
  await once(server, "close");
  expect(await failure(local.dial("127.0.0.1", port))).toMatchObject({
    code: "E_UNREACHABLE",
    details: { host: "here" },
  });
});
