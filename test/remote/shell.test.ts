import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { excerpt, INCOMPLETE, quote, sh, takeBytes, wrap } from "../../src/remote/shell.ts";

const AWKWARD = ["", " ", "it's", 'a "b"', "$HOME", "`id`", "\\", "a\nb", "*", "~", "-n", "ünï", "!!", "a;b", "#"];

test("every word arrives as it was written", () => {
  const { stdout } = spawnSync("sh", ["-c", `printf '%s\\0' ${AWKWARD.map(quote).join(" ")}`]);
  expect(stdout.toString().split("\0").slice(0, -1)).toEqual(AWKWARD);
});

test("plain words stay readable", () => {
  expect(sh`install -m ${755} ${"/usr/local/bin/kubelet"} ${["a b", "c"]}`).toBe(
    "install -m 755 /usr/local/bin/kubelet 'a b' c",
  );
});

test("a NUL byte cannot be a word of a command", () => {
  expect(() => quote("a\0b")).toThrow(/NUL/);
});

test("the command line contains nothing that sh, csh and fish parse differently", () => {
  const { command } = wrap("echo 'it''s'; echo \"!\\\\\"\n", { sudo: true });
  const [before, script, after] = command.split("'");
  expect(before).toBe("exec env LC_ALL=C sudo -n -H sh -c ");
  expect(script).not.toMatch(/[!\\\n]/);
  expect(after).toBe("");
});

test("a truncated script is not run in part", () => {
  const { command, prelude } = wrap("echo first\necho second");
  const cut = spawnSync("sh", ["-c", command], { input: prelude.subarray(0, 12) });
  expect(cut.stdout.toString()).toBe("");
  expect(cut.status).toBe(INCOMPLETE);
});

test.each(["dash", "bash --norc", "bash --norc --posix", "busybox sh"])(
  "%s counts a script with letters of all kinds",
  (shell) => {
    const { command, prelude, mark } = wrap("echo 'ü€😀'; echo '%s *'", { shell });
    const { stdout, status } = spawnSync("sh", ["-c", command], { input: prelude, env: { LC_ALL: "C.UTF-8" } });
    expect([stdout.toString(), status]).toEqual([`${mark}ü€😀\n%s *\n`, 0]);
  },
);

test("exactly the requested bytes are read from stdin, however they arrive", () => {
  const script = `(printf abc; printf defgh) | { ${takeBytes(5)} >/dev/null; cat; }`;
  expect(spawnSync("sh", ["-c", script]).stdout.toString()).toBe("fgh");
});

test("an error shows the first lines of a long script", () => {
  expect(excerpt("one\ntwo\n")).toBe("one\ntwo");
  expect(excerpt("line\n".repeat(50)).split("\n")).toEqual([...Array<string>(10).fill("line"), "…"]);
  expect(excerpt("x".repeat(5000))).toBe(`${"x".repeat(600)}\n…`);
});
