import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { TripodError } from "../../src/errors.ts";
import type { Connection, Result } from "../../src/remote/connection.ts";
import { localConnection } from "../support/local-connection.ts";
import { runLong, type Waiting } from "../../src/remote/long.ts";
import { until } from "../../src/until.ts";
import { Secret } from "../../src/secret.ts";
import { because, missingPrograms, temporaryFolder } from "../support/programs.ts";
import { failure } from "../support/sshd.ts";

const missing = missingPrograms("bash", "setsid", "flock", "mkfifo");
const story = (name: string, tell: () => Promise<void>) => test.skipIf(missing)(name + because(missing), tell);

/** What systemd does for a transient unit, as far as it matters here: $UNITS/NAME holds its process group while it runs. */
const SYSTEMD = String.raw`
systemd-run() {
  [ ! -e "$UNITS/broken" ] || { echo 'Failed to connect to bus' >&2; return 1; }
  for word; do case $word in --unit=*) unit=$UNITS/$\{word#--unit=}.service;; esac; done
  echo started >>"$UNITS/starts"
  setsid sh -c 'echo $$ >"$0"; : >"$0.up"; "$@"; rm -f "$0"' "$unit" "$\{@: -2}" 9>&- </dev/null >/dev/null 2>&1 &
  until [ -e "$unit.up" ]; do :; done
  rm "$unit.up"
}
systemctl() {
  [ "$1" != stop ] || until [ ! -e "$UNITS/$2" ]; do :; done
  [ -s "$UNITS/$\{!#}" ] && echo active
}
`.replaceAll("\\{", "{");

/** A host whose /run/tripod is a folder of ours and whose systemd is the one above. */
function newHost() {
  const folder = temporaryFolder();
  const units = temporaryFolder();
  const gate = join(units, "gate");
  execFileSync("mkfifo", [gate]);
  const local = localConnection({ name: "m1", shell: "bash" });
  const progress: string[] = [];
  const reasons: string[] = [];
  const run: Connection["run"] = (script, options) =>
    local.run(`UNITS=${units}\n${SYSTEMD}${script.replaceAll("/run/tripod", folder)}`, options);
  return {
    connection: { ...local, run } satisfies Connection,
    folder,
    units,
    progress,
    reasons,
    /** A command that reads from it goes on when `open` is called. */
    gate,
    open: once(() => writeFile(gate, "let through\n")),
    starts: () => readFileSync(join(units, "starts"), "utf8").split("\n").length - 1,
    /** Ends a unit by force, as the kernel does when memory is short. */
    kill: once(() => {
      const file = join(units, "tripod-u.service");
      process.kill(-Number(readFileSync(file, "utf8")), "SIGKILL");
      rmSync(file);
    }),
    /** How an engine waits; `each` is called after each question. */
    waiting: (each: () => void = () => undefined, signal = new AbortController().signal): Waiting => ({
      progress: (text) => progress.push(text),
      wait: (condition) =>
        until(
          {
            ...condition,
            holds: async (inner) => {
              const answer = await condition.holds(inner);
              if (answer !== true) reasons.push(answer);
              each();
              return answer;
            },
          },
          { signal, interval: 1 },
        ),
    }),
  };
}

/** Acts the first time only. */
function once(act: () => unknown): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

story("a long command gets its input, and returns its code and output", async () => {
  const { connection, waiting } = newHost();
  const command = `echo "it's me"; cat; echo oops >&2; exit 3`;
  const result = await runLong(connection, { unit: "u", command, input: new Secret("a secret\n") }, waiting());
  expect(result).toEqual({ code: 3, stdout: "it's me\na secret\noops\n", stderr: "" });
});

story("a silent command, an invalid one, and one that calls exec, all have a code", async () => {
  const { connection, waiting } = newHost();
  const codeOf = async (command: string) => (await runLong(connection, { unit: "u", command }, waiting())).code;
  expect([await codeOf("true"), await codeOf("if"), await codeOf("exec false")]).toEqual([0, 2, 1]);
});

story("its input is removed before it starts, and nobody else can read the rest", async () => {
  const { connection, waiting, folder } = newHost();
  const { stdout } = await runLong(
    connection,
    { unit: "u", command: "ls /run/tripod", input: new Secret("s") },
    waiting(),
  );
  expect(stdout.split("\n")).not.toContain("u.in");
  expect(stdout.split("\n")).toContain("u.log");
  expect(readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o077)).toEqual(
    readdirSync(folder).map(() => 0),
  );
});

story("a later run that finds it running waits for it instead of starting another", async () => {
  const host = newHost();
  const long = { unit: "u", command: `cat ${host.gate}` };
  const abort = new AbortController();
  await failure(
    runLong(
      host.connection,
      long,
      host.waiting(
        once(() => abort.abort(new Error("killed"))),
        abort.signal,
      ),
    ),
  );
  const second = runLong(host.connection, long, host.waiting(host.open));
  expect(await second).toEqual({ code: 0, stdout: "let through\n", stderr: "" });
  expect(host.starts()).toBe(1);
});

story(
  "another command that runs under its name is waited for, where only this one will do, and then it is started",
  async () => {
    const host = newHost();
    const abort = new AbortController();
    const killed = host.waiting(
      once(() => abort.abort(new Error("killed"))),
      abort.signal,
    );
    await failure(runLong(host.connection, { unit: "u", command: `cat ${host.gate}` }, killed));
    const second = runLong(host.connection, { unit: "u", command: "echo mine", exact: true }, host.waiting(host.open));
    expect((await second).stdout).toBe("mine\n");
    expect(host.reasons).toContain("another u is running, of an earlier run");
    expect(host.starts()).toBe(2);
  },
);

story("a command that has ended is started again when it is requested again", async () => {
  const host = newHost();
  for (const word of ["one", "two"]) {
    const { stdout } = await runLong(host.connection, { unit: "u", command: `echo ${word}` }, host.waiting());
    expect(stdout).toBe(`${word}\n`);
  }
  expect(host.starts()).toBe(2);
});

story("a connection that breaks while it starts does not start it twice", async () => {
  const host = newHost();
  for (const arrives of [true, false]) {
    rmSync(join(host.units, "starts"), { force: true });
    const flaky = breaking(host.connection, (call) => call === 0, arrives);
    expect(await runLong(flaky, { unit: "u", command: "echo fine" }, host.waiting())).toMatchObject({
      code: 0,
      stdout: "fine\n",
    });
    expect(host.starts()).toBe(1);
  }
});

story("the wait continues after the connection breaks, and shows it", async () => {
  const host = newHost();
  const flaky = breaking(host.connection, (call) => call > 1 && call < 4, false);
  await runLong(
    flaky,
    { unit: "u", command: `cat ${host.gate}` },
    host.waiting(() => host.reasons.length === 3 && host.open()),
  );
  expect(host.reasons.slice(1, 3)).toEqual(Array(2).fill("the host does not answer: the cable was cut"));
});

story("its last line of output is the reason for the wait, without control characters", async () => {
  const host = newHost();
  const command = `printf '10%%\\r\\033[2K20%%\\n\\n'; cat ${host.gate}`;
  await runLong(
    host.connection,
    { unit: "u", command },
    host.waiting(() => host.reasons.at(-1)?.includes("20%") && host.open()),
  );
  expect(host.progress).toContain("[2K20%");
});

story("a killed command and a failed one are different errors", async () => {
  const host = newHost();
  const long = { unit: "u", command: `echo half way; cat ${host.gate}` };
  const killed = await failure(
    runLong(
      host.connection,
      long,
      host.waiting(() => host.reasons.at(-1) === "half way" && host.kill()),
    ),
  );
  expect(killed).toMatchObject({
    code: "E_COMMAND",
    message: "u was killed before it ended",
    details: { host: "m1", why: "half way" },
  });
});

story("its outcome is unknown after a restart of the host", async () => {
  const host = newHost();
  const restart = once(() => {
    host.kill();
    rmSync(host.folder, { recursive: true });
  });
  const lost = await failure(
    runLong(host.connection, { unit: "u", command: `cat ${host.gate}` }, host.waiting(restart)),
  );
  expect(lost).toMatchObject({
    code: "E_CONNECTION_LOST",
    message: "the host was restarted while u ran; what it did is unknown",
  });
});

story("if systemd does not start it, the error quotes systemd, and the input is removed", async () => {
  const host = newHost();
  writeFileSync(join(host.units, "broken"), "");
  const error = await failure(
    runLong(host.connection, { unit: "u", command: "true", input: new Secret("s") }, host.waiting()),
  );
  expect(error).toMatchObject({
    code: "E_COMMAND",
    message: "could not start u as a systemd unit",
    details: { why: "Failed to connect to bus" },
  });
  expect(readdirSync(host.folder)).not.toContain("u.in");
});

story("an answer that is no state of the command is asked again, however long it is", async () => {
  const { connection, waiting } = newHost();
  let calls = 0;
  const run = async (...command: Parameters<Connection["run"]>): Promise<Result> =>
    calls++ === 1 ? { code: 0, stdout: "1".repeat(4 << 20), stderr: "" } : connection.run(...command);
  const before = process.cpuUsage();
  expect((await runLong({ ...connection, run }, { unit: "u", command: "true" }, waiting())).code).toBe(0);
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(5000);
});

/** A connection that breaks under some of its commands, before or after they have arrived. */
function breaking(connection: Connection, breaks: (call: number) => boolean, arrives: boolean): Connection {
  let calls = 0;
  const run = async (...command: Parameters<Connection["run"]>): Promise<Result> => {
    if (!breaks(calls++)) return connection.run(...command);
    if (arrives) await connection.run(...command);
    throw new TripodError("E_CONNECTION_LOST", "the cable was cut");
  };
  return { ...connection, run };
}
