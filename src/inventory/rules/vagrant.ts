import type { Problem } from "../problem.ts";
import type { Draft } from "../schema.ts";
import { placed } from "./placed.ts";

/** With `ssh.vagrant`, only Vagrant sets how SSH connects. */
export function* vagrantRules(draft: Draft): Iterable<Problem> {
  if (draft.ssh?.vagrant === undefined) return;
  const inMachines = placed(draft).map(({ path, machine }) => ({ path, ssh: machine.ssh ?? {} }));
  for (const { path, ssh } of [{ path: [], ssh: draft.ssh }, ...inMachines])
    for (const key of Object.keys(ssh).filter((name) => name !== "vagrant"))
      yield {
        path: [...path, "ssh", key],
        at: "key",
        message: `\`${key}\` cannot be combined with \`ssh.vagrant\`: Vagrant sets how its machines are reached`,
        hint: "remove one of the two",
      };
}
