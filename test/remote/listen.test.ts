import { PassThrough } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import type { Connection } from "../../src/remote/connection.ts";
import { localConnection } from "../support/local-connection.ts";
import { connected, failure, startSshd } from "../support/sshd.ts";

/** A command that says one word and stays until it is let go. */
async function staying(connection: Connection) {
  const input = new PassThrough();
  const heard: string[] = [];
  let spoke = () => {};
  const spoken = new Promise<void>((resolve) => (spoke = resolve));
  const listen = (stdout: string) => {
    heard.push(stdout);
    if (stdout.includes("here\n")) spoke();
  };
  const ended = connection.run("echo here; cat >/dev/null; echo gone", { input, listen });
  onTestFinished(() => void input.end());
  await Promise.race([spoken, ended]);
  return {
    heard,
    letGo: () => {
      input.end();
      return ended;
    },
  };
}

test.each([
  ["over SSH", async () => connected(await startSshd({ loginFile: "echo Welcome!" }))],
  ["on this machine", () => Promise.resolve(localConnection())],
])("what a command prints before it ends is received at once, %s", async (_, connect) => {
  const { heard, letGo } = await staying(await connect());
  expect(heard.at(-1)).toBe("here\n");
  expect(await letGo()).toEqual({ code: 0, stdout: "here\ngone\n", stderr: "" });
  expect(heard.at(-1)).toBe("here\ngone\n");
});

test("a long-running command takes no session slot from the others", async () => {
  const sshd = await startSshd();
  const connection = await connected(sshd);
  const { letGo } = await staying(connection);
  const gate = new PassThrough();
  const others = Array.from({ length: 8 }, () => connection.run("cat", { input: gate }));
  await expect.poll(() => sshd.commands.length).toBe(9);
  gate.end();
  await Promise.all(others);
  expect((await letGo()).code).toBe(0);
});

test("if it has the only session that sshd allows, the others fail and do not wait for it", async () => {
  const connection = await connected(await startSshd({ maxSessions: 1 }));
  const { letGo } = await staying(connection);
  expect(await failure(connection.run("true"))).toMatchObject({
    code: "E_UNREACHABLE",
    details: { hint: "Raise MaxSessions in its sshd_config." },
  });
  await letGo();
});
