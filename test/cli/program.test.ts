import { Command } from "commander";
import { expect, test } from "vitest";
import { ExitWith } from "../../src/cli/exit.ts";
import { runCommandLine } from "../../src/cli/program.ts";
import { TripodError, TripodErrors } from "../../src/errors.ts";
import { recordingIo } from "../support/io.ts";

type Given = Parameters<typeof recordingIo>[0];

const nothing = () => undefined;

/** Runs a command line of the real program, or, with `verb`, of one whose commands `work` and `lab up` call it. */
async function tripod(line: string, verb?: () => void | Promise<void>, given: Given = {}) {
  const io = recordingIo(given);
  const exitCode = await runCommandLine(line.split(" ").filter(Boolean), io, verb && madeUp(verb));
  return { exitCode, stdout: io.stdout.text, stderr: io.stderr.text };
}

function madeUp(verb: () => void | Promise<void>): Command[] {
  const work = new Command("work").option("--json", "for machines").action(verb);
  const lab = new Command("lab").description("machines");
  lab.command("up").option("--fresh", "from nothing").action(verb);
  return [work, lab];
}

const unreachable = new TripodError("E_UNREACHABLE", "no answer on port 22 within 10 s", {
  host: "m2",
  origin: { file: "lab.yaml", line: 7, column: 5 },
  why: "connect ETIMEDOUT",
  hint: "is it up?",
});
const noSudo = new TripodError("E_SUDO", "sudo wants a password", { host: "m3" });

test("--help shows the commands, examples, and how to list the exit codes", async () => {
  const { exitCode, stdout } = await tripod("--help");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("tripod apply -i");
  expect(stdout).toMatch(/^ {2}validate /m);
  expect(stdout).toContain("tripod help exit-codes");
});

test("a command that works exits with 0", async () => {
  expect(await tripod("work", nothing)).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
});

test("a mistyped option is reported, not the required one that is missing because of it", async () => {
  for (const line of ["validate --inventroy x", "plan --lab --inventroy=x"]) {
    const { exitCode, stderr } = await tripod(line);
    expect(exitCode).toBe(3);
    expect(stderr).toBe("unknown option '--inventroy' (E_USAGE)\n  → did you mean --inventory?\n");
  }
  expect((await tripod("validate --json")).stderr).toContain("required option '-i, --inventory <file>' not specified");
});

test.each([
  ["premises", "see tripod --help"],
  ["lab remove", "see tripod lab --help"],
  ["lab restart", "see tripod lab --help"],
  ["aply", "did you mean apply?"],
  ["statsu", "did you mean status?"],
  ["lab stauts", "did you mean status?"],
])("a command that there is not (tripod %s) is not taken for one that does something else", async (line, hint) => {
  const { exitCode, stderr } = await tripod(line);
  expect([exitCode, stderr.split("\n")[1]]).toEqual([3, `  → ${hint}`]);
});

test.each([
  ["apply -i prod.yaml --dry-run", "`tripod plan` shows"],
  ["apply --dry-run", "`tripod plan` shows"],
  ["destroy", "Tripod cannot remove a cluster yet"],
  ["reset -i prod.yaml", "Tripod cannot remove a cluster yet"],
  ["init", "inventories/example.yaml shows every key"],
  ["version", "use `tripod --version`"],
  ["-v", "use `tripod --version`"],
  ["plan -i prod.yaml -v", "use `tripod --version`"],
  ["validate --config prod.yaml", "use -i FILE"],
  ["validate --config=prod.yaml", "use -i FILE"],
  ["status -i prod.yaml --config x", "use -i FILE"],
  ["-i prod.yaml validate", "put -i after the command"],
  ["--inventory=prod.yaml validate", "put -i after the command"],
])("what other tools have (tripod %s) is refused, and the hint names what Tripod has", async (line, hint) => {
  const { exitCode, stderr } = await tripod(line);
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining(hint)]);
});

test.each([
  ["validate prod.yaml", "-i prod.yaml"],
  ["validate prod", "-i prod"],
  ["plan --lab prod.yaml", "-i prod.yaml"],
  ["rehearse prod.yaml", "-i prod.yaml"],
  ["drill prod.yaml", "-i prod.yaml"],
  ["lab up prod.yml", "-i prod.yml"],
  ["lab save before prod.yaml", "-i prod.yaml"],
])("an inventory without -i (tripod %s) is refused, and the hint names the option", async (line, meant) => {
  const { exitCode, stderr } = await tripod(line);
  expect([exitCode, stderr.split("\n")[1]]).toEqual([3, `  → did you mean ${meant}?`]);
});

test.each(["validate", "plan", "drill", "report", "lab up"])(
  "a second inventory for tripod %s is refused",
  async (verb) => {
    const { exitCode, stderr } = await tripod(`${verb} -i a.yaml --inventory=b.yaml`);
    expect([exitCode, stderr.split("\n")[0]]).toEqual([3, "-i is given twice, with a.yaml and b.yaml (E_USAGE)"]);
  },
);

test.each([
  "validate -i",
  "plan --inventory=",
  "lab up -i",
  "kubeconfig -i nowhere.yaml -o",
  "drill -i nowhere.yaml -o",
])("an empty name of a file (tripod %s) is refused before anything is read", async (line) => {
  const io = recordingIo();
  const words = line.split(" ");
  const exitCode = await runCommandLine(line.endsWith("=") ? words : [...words, ""], io);
  expect([exitCode, io.stderr.text]).toEqual([3, expect.stringMatching(/^an option that takes a file has an empty/)]);
});

test("a kubeconfig cannot replace a folder, and the hint is to name a file in it", async () => {
  const { exitCode, stderr } = await tripod("kubeconfig -i nowhere.yaml -o test");
  expect([exitCode, stderr]).toEqual([5, expect.stringMatching(/is a folder\n {2}→ name a file in it\n/)]);
});

test.each([
  ["validate", "(required)"],
  ["apply", "(required)"],
  ["lab up", "(required)"],
  ["drill", "(required, except with --list)"],
  ["bundle", "(required, except with --list)"],
  ["rehearse", "(required, except with --from)"],
])("the help of tripod %s shows that the inventory is %s", async (verb, how) => {
  const { stdout } = await tripod(`${verb} --help`);
  const line = stdout.replace(/\s+/g, " ");
  expect(line.slice(line.indexOf("-i, --inventory")).slice(0, 110)).toContain(how);
});

test("the helps of lab up and rehearse describe --binaries alike, with the versions that need it", async () => {
  const described = async (verb: string) =>
    /--binaries <folder> ([^]*?) --/.exec((await tripod(`${verb} --help`)).stdout.replace(/\s+/g, " "))?.[1];
  expect(await described("lab up")).toContain("versions above 1.30 need a folder");
  expect(await described("rehearse")).toBe(await described("lab up"));
});

test("kubeconfig --force without a file to replace is refused", async () => {
  const { exitCode, stderr } = await tripod("kubeconfig -i nowhere.yaml --force");
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("→ add -o FILE, or remove --force")]);
});

test.each(["lab up", "rehearse", "vagrant box"])(
  "the help of tripod %s names the default release of Debian",
  async (verb) => {
    const { stdout } = await tripod(`${verb} --help`);
    expect(stdout.replace(/\s+/g, " ")).toMatch(/--release .*default: "?bookworm/);
  },
);

test("--version prints the package's version and nothing else", async () => {
  const { exitCode, stdout } = await tripod("--version");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test.each([
  ["wrok", "unknown command 'wrok' (E_USAGE)\n  → did you mean work?\n"],
  ["wro", "unknown command 'wro' (E_USAGE)\n  → see tripod --help\n"],
  ["lbel", "unknown command 'lbel' (E_USAGE)\n  → see tripod --help\n"],
  ["lab pu", "unknown command 'pu' (E_USAGE)\n  → did you mean up?\n"],
  ["work --hlep", "unknown option '--hlep' (E_USAGE)\n  → did you mean --help?\n"],
  ["work --yes", "unknown option '--yes' (E_USAGE)\n  → see tripod work --help\n"],
  ["work --jsno=3", "unknown option '--jsno=3' (E_USAGE)\n  → did you mean --json?\n"],
  ["work --jsno", "unknown option '--jsno' (E_USAGE)\n  → did you mean --json?\n"],
  ["lab up --frehs", "unknown option '--frehs' (E_USAGE)\n  → did you mean --fresh?\n"],
  [
    "work more",
    "too many arguments for 'work'. Expected 0 arguments but got 1. (E_USAGE)\n  → see tripod work --help\n",
  ],
  [
    "lab up more",
    "too many arguments for 'up'. Expected 0 arguments but got 1. (E_USAGE)\n  → see tripod lab up --help\n",
  ],
])("a slip of the finger (%s) exits with 3 and suggests the intended word", async (line, stderr) => {
  expect(await tripod(line, nothing)).toMatchObject({ exitCode: 3, stdout: "", stderr });
});

test.each(["", "lab"])("a command line without a command (tripod %s) shows the help and exits with 3", async (line) => {
  const { exitCode, stdout, stderr } = await tripod(line, nothing);
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: "" });
  expect(stderr).toContain("Commands:");
});

test("the help of one command exits with 0 and shows the global options too", async () => {
  const { exitCode, stdout } = await tripod("help work", nothing);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("--no-color");
});

test.each([
  ["help exit-code", "unknown command 'exit-code' (E_USAGE)\n  → did you mean exit-codes?\n"],
  ["help nothing", "unknown command 'nothing' (E_USAGE)\n  → see tripod --help\n"],
  ["help lab stauts", "unknown command 'stauts' (E_USAGE)\n  → did you mean status?\n"],
  ["lab help nothing", "unknown command 'nothing' (E_USAGE)\n  → see tripod lab --help\n"],
])(
  "the help of a command that does not exist (tripod %s) is refused with the one that was meant",
  async (line, stderr) => {
    expect(await tripod(line)).toEqual({ exitCode: 3, stdout: "", stderr });
  },
);

test.each([
  ["help", "--help"],
  ["help lab", "lab --help"],
  ["help lab up", "lab up --help"],
  ["lab help up", "lab up --help"],
])("tripod %s prints the same as tripod %s", async (line, same) => {
  const { exitCode, stdout } = await tripod(line);
  expect([exitCode, stdout]).toEqual([0, (await tripod(same)).stdout]);
});

test("exit-codes explains every exit code", async () => {
  const { stdout } = await tripod("exit-codes");
  expect(stdout).toContain("  24  E_REFUSED          refused, because to continue could destroy something\n");
});

test("an error reports what failed, where, why and what to do, with its own exit code", async () => {
  const { exitCode, stderr } = await tripod("work", () => Promise.reject(unreachable));
  expect(exitCode).toBe(10);
  expect(stderr).toMatchInlineSnapshot(`
    "m2: no answer on port 22 within 10 s (E_UNREACHABLE)
      at lab.yaml:7:5
      | connect ETIMEDOUT
      → is it up?
    "
  `);
});

test("several errors are all printed; the first determines the exit code", async () => {
  const { exitCode, stderr } = await tripod("work", () => {
    throw new TripodErrors([noSudo, unreachable], "2 failures");
  });
  expect(exitCode).toBe(13);
  expect(stderr).toContain("m3: sudo wants a password");
  expect(stderr).toContain("m2: no answer on port 22");
});

test("with --json an error is one JSON object on stderr", async () => {
  const { stderr } = await tripod("work --json", () => {
    throw new TripodErrors([noSudo, unreachable], "2 failures");
  });
  expect(JSON.parse(stderr)).toMatchObject({
    message: "2 failures",
    errors: [
      { code: "E_SUDO", host: "m3" },
      { code: "E_UNREACHABLE", origin: { line: 7 }, hint: "is it up?" },
    ],
  });
});

test("with --json even a wrong option is reported as JSON", async () => {
  const { stderr } = await tripod("work --json --jsno", nothing);
  expect(JSON.parse(stderr)).toMatchObject({ errors: [{ code: "E_USAGE" }] });
});

test("an unexpected error asks for a bug report and hides its stack", async () => {
  const bug = () => {
    throw new TypeError("x is not a function");
  };
  const { exitCode, stderr } = await tripod("work", bug);
  expect(exitCode).toBe(1);
  expect(stderr).toMatchInlineSnapshot(`
    "this is a bug in Tripod: x is not a function (E_INTERNAL)
      → please report it, with the output of the same command with --debug
    "
  `);
});

test.each([
  ["--debug", "work --debug", {}],
  ["TRIPOD_DEBUG", "work", { TRIPOD_DEBUG: "1" }],
])("%s shows the stack of an unexpected error", async (_, line, env) => {
  const bug = () => {
    throw new TypeError("x is not a function");
  };
  expect((await tripod(line, bug, { env })).stderr).toMatch(/^TypeError: x is not a function\n +at /m);
});

test("a command may set an exit code without a message, as plan --detailed-exitcode does", async () => {
  const changes = () => {
    throw new ExitWith(2);
  };
  expect(await tripod("work", changes)).toMatchObject({ exitCode: 2, stderr: "" });
});

test("an interrupted command that ran in another process exits with 130 and prints nothing more", async () => {
  const signal = AbortSignal.abort(new TripodError("E_INTERRUPTED", "stopped"));
  expect(await tripod("work", () => Promise.reject(new ExitWith(143)), { signal })).toMatchObject({
    exitCode: 130,
    stderr: "",
  });
});

test("FORCE_COLOR turns colours on, and --no-color overrides it", async () => {
  const fail = () => Promise.reject(noSudo);
  const env = () => ({ FORCE_COLOR: "1" });
  expect((await tripod("work", fail, { env: env() })).stderr).toContain("\u001B[31m");
  expect((await tripod("work --no-color", fail, { env: env() })).stderr).not.toContain("\u001B");
});

test.each([
  ["ended well all the same", () => undefined, "stopped"],
  ["was cut off", () => Promise.reject(new DOMException("This operation was aborted", "AbortError")), "stopped"],
  ["failed while it was finishing", () => Promise.reject(noSudo), "sudo wants a password"],
])("a run that was interrupted and %s exits with 130", async (_, verb, told) => {
  const signal = AbortSignal.abort(new TripodError("E_INTERRUPTED", "stopped"));
  const { exitCode, stderr } = await tripod("work", verb, { signal });
  expect(exitCode).toBe(130);
  expect(stderr).toContain(told);
});
