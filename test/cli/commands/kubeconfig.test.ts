import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it, test } from "vitest";
import { mayBeReplaced, writeKubeconfig } from "../../../src/cli/commands/kubeconfig.ts";
import { runCommandLine } from "../../../src/cli/program.ts";
import { Secret } from "../../../src/secret.ts";
import { recordingIo } from "../../support/io.ts";
import { temporaryFolder } from "../../support/programs.ts";
import { failure } from "../../support/sshd.ts";

/** A folder with a file, and a link to it. */
function folder(): string {
  const path = temporaryFolder();
  writeFileSync(join(path, "config"), "mine\n");
  symlinkSync("config", join(path, "link"));
  return path;
}

const terminal = (cwd: string, answer: string) => ({
  ...recordingIo({ cwd }),
  stdin: Object.assign(Readable.from([answer]), { isTTY: true }),
});

describe("a kubeconfig's place", () => {
  it.each(["config", "link"])("that is taken by a %s is replaced only after a question", async (output) => {
    const cwd = folder();
    const yes = terminal(cwd, "y\n");
    await mayBeReplaced(output, yes);
    expect(yes.stderr.text).toContain(`${output} `);
    expect(await failure(mayBeReplaced(output, terminal(cwd, "\n")))).toMatchObject({ code: "E_INTERRUPTED" });
  });

  it("that is taken is not changed if nobody can be asked, and the hint names the option that replaces it", async () => {
    expect(await failure(mayBeReplaced("link", recordingIo({ cwd: folder() })))).toMatchObject({
      code: "E_USAGE",
      details: { hint: expect.stringContaining("--force") as string },
    });
  });

  it("that is free needs no question", async () => {
    const io = recordingIo({ cwd: folder() });
    await mayBeReplaced("other", io);
    expect(io.stderr.text).toBe("");
  });
});

test.each([
  ["absent/config", "absent does not exist"],
  ["config/config", "config is not a folder"],
  [".", "is a folder"],
])("tripod kubeconfig -o %s is refused before the inventory is read and a host is contacted", async (output, why) => {
  const cwd = folder();
  const io = recordingIo({ cwd });
  expect(await runCommandLine(["kubeconfig", "-i", "absent.yaml", "-o", output], io)).toBe(5);
  expect(io.stderr.text.replaceAll(`${cwd}/`, "")).toContain("(E_LOCAL)");
  expect(io.stderr.text.replaceAll(`${cwd}/`, "")).toContain(why);
});

describe("a kubeconfig", () => {
  it("replaces a link, not its target, and is readable by its owner only", async () => {
    const cwd = folder();
    await writeKubeconfig(join(cwd, "link"), new Secret("new\n"));
    expect(readFileSync(join(cwd, "config"), "utf8")).toBe("mine\n");
    expect(readFileSync(join(cwd, "link"), "utf8")).toBe("new\n");
    expect(statSync(join(cwd, "link")).mode & 0o777).toBe(0o600);
  });

  it("that cannot be moved into place leaves no file with the key", async () => {
    const cwd = folder();
    mkdirSync(join(cwd, "taken/by"), { recursive: true });
    expect(await failure(writeKubeconfig(join(cwd, "taken"), new Secret("key\n")))).toMatchObject({ code: "E_LOCAL" });
    expect(readdirSync(cwd).toSorted()).toEqual(["config", "link", "taken"]);
  });
});
