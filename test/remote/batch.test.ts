import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { batchReads } from "../../src/remote/batch.ts";
import type { Connection } from "../../src/remote/connection.ts";
import { localConnection } from "../support/local-connection.ts";
import { failure } from "../support/sshd.ts";
import { because, missingPrograms } from "../support/programs.ts";

test("a batch of reads has a deadline, and the largest output limit of its reads", async () => {
  const asked: unknown[] = [];
  const connection = {
    run: (_: string, options: unknown) => {
      asked.push(options);
      return Promise.reject(new Error("not here"));
    },
  } as unknown as Connection;
  const read = batchReads(connection);
  await Promise.allSettled([read("a"), read("b", { maxOutput: 1e9 })]);
  await Promise.allSettled([read("c")]);
  expect(asked).toEqual([
    { maxOutput: 1e9, within: 120_000 },
    { maxOutput: 16 * 2 ** 20, within: 120_000 },
  ]);
});

test("too much output, or a command that never ends, is an error of the read", async () => {
  const connection = localConnection({ name: "here" });
  const read = batchReads({
    ...connection,
    run: (script, options) => connection.run(script, { ...options, within: 300, asLoginUser: true }),
  });
  expect(await failure(read("yes"))).toMatchObject({ code: "E_COMMAND", details: { host: "here" } });
  expect(await failure(read("sleep 1000"))).toMatchObject({ code: "E_COMMAND", message: /within/ });
});

describe.each([
  ["dash", missingPrograms("dash")],
  ["bash", missingPrograms("bash")],
  ["busybox sh", missingPrograms("busybox")],
])("in %s", (shell, missing) => {
  const story = test.skipIf(missing);
  const local = localConnection({ shell });
  const read = batchReads(local);
  const readAll = (...scripts: string[]) => Promise.all(scripts.map((script) => read(script)));

  story(`each read has its own output, error output and code, byte for byte${because(missing)}`, async () => {
    expect(
      await readAll("echo a; echo b >&2; exit 3", "printf 'no newline'", "printf '\\n\\n'; echo >&2", "true", "false"),
    ).toEqual([
      { code: 3, stdout: "a\n", stderr: "b\n" },
      { code: 0, stdout: "no newline", stderr: "" },
      { code: 0, stdout: "\n\n", stderr: "\n" },
      { code: 0, stdout: "", stderr: "" },
      { code: 1, stdout: "", stderr: "" },
    ]);
  });

  story.each([
    ["an exit", "exit 3", 3],
    ["an exec", "exec echo mine", 0],
    ["an exec of nothing", "exec /no/such/program", 127],
    ["an unbalanced quote", "echo 'it", 2],
    ["half a command", "if true; then", 2],
    ["a brace too many", "} ; echo out", 2],
    ["a parenthesis too many", ") ; echo out", 2],
    ["a document without end", "cat <<EOF\nx", 0],
    ["strictness", "set -eu; false", 1],
    ["another directory and another PATH", "cd /tmp; PATH=", 0],
    ["closed outputs", "exec >&- 2>&-", 0],
    ["a signal to the shell", "kill $$", 143],
    ["a signal that cannot be caught", "kill -KILL $$", 137],
  ])(`%s in one read leaves its neighbours alone`, async (_, script, code) => {
    const [before, bad, after] = await readAll("echo before; pwd", script, "echo after; pwd");
    expect(before).toEqual({ code: 0, stdout: "before\n/\n", stderr: "" });
    expect(shell === "bash" && code === 2 ? [1, 2] : [code]).toContain(bad?.code);
    expect(after).toEqual({ code: 0, stdout: "after\n/\n", stderr: "" });
  });

  story("a read that waits for input finds none, and takes none from the others", async () => {
    const [cat, read] = await readAll("cat; echo end", "read -r line; echo $?");
    expect([cat?.stdout, read?.stdout]).toEqual(["end\n", "1\n"]);
  });

  story("megabytes of output do not mix with what comes after", async () => {
    const [large, small] = await readAll("head -c 3000000 /dev/zero | tr '\\0' x", "echo small");
    expect([large?.stdout.length, small?.stdout]).toEqual([3_000_000, "small\n"]);
  });
});

describe("the reads of one tick are one command", () => {
  test("even if each waits for other promises first", async () => {
    const connection = localConnection();
    const read = batchReads(connection);
    const inspect = async (n: number) => {
      for (let step = 0; step < n; step++) await Promise.resolve();
      const first = await read(`echo ${n}`);
      await Promise.resolve();
      return first.stdout + (await read("echo second")).stdout;
    };
    expect(await Promise.all([0, 1, 2, 3, 10].map(inspect))).toEqual([0, 1, 2, 3, 10].map((n) => `${n}\nsecond\n`));
    expect(connection.traffic.commands).toBe(2);
  });

  test("and those of another tick are another", async () => {
    const connection = localConnection();
    const read = batchReads(connection);
    const first = read("echo 1");
    await nextTurn();
    await Promise.all([first, read("echo 2")]);
    expect(connection.traffic.commands).toBe(2);
  });

  test("and a connection that is lost is lost for all of them", async () => {
    const lost = { ...localConnection(), run: () => Promise.reject(new Error("lost")) } satisfies Connection;
    const read = batchReads(lost);
    const settled = await Promise.allSettled([read("true"), read("true")]);
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });
});
