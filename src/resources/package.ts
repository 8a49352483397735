import { runLong } from "../remote/long.ts";
import { commandFailed } from "./command.ts";
import { defineResource } from "./resource.ts";

/**
 * Packages of the host's own family, all in one transaction; with their versions where a name carries one. The manager runs as a unit
 * of its own: one that dies half way, with the session it was started from, leaves packages behind that only a person can mend.
 */
export const packages = defineResource<{ readonly names: readonly string[] }, readonly string[]>({
  kind: "packages",
  name: () => "installed",
  async read(host, { names }) {
    if (names.length === 0) return [];
    const { stdout } = await host.read(host.os.installed(names));
    return host.os.missing(names, stdout);
  },
  diff: (_, missing) => missing.map((name) => ({ field: "package", from: "absent", to: name })),
  async apply(host, _, missing, working) {
    working.progress(`installing ${missing.join(" ")}`);
    const script = host.os.install(missing);
    const result = await runLong(
      host.connection,
      { unit: "packages", command: script },
      // Its last line is the reason of the wait already.
      { wait: (condition) => working.wait(condition), progress: () => undefined },
    );
    if (result.code !== 0) throw commandFailed(host, script, result, "packages could not be installed");
  },
});
