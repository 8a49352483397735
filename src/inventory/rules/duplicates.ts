import { dotted, type Problem } from "../problem.ts";
import type { Draft } from "../schema.ts";
import { called, placed, type Placed } from "./placed.ts";

/** Each name, address and SSH endpoint belongs to one machine. */
export function* duplicates(draft: Draft): Iterable<Problem> {
  const machines = placed(draft);
  for (const [machine, first] of pairs(machines, ({ machine }) => machine.name))
    yield {
      path: [...machine.path, "name"],
      message: `duplicate name ${first.machine.name ?? ""}: ${dotted(first.path)} has it too`,
      other: [...first.path, "name"],
    };
  for (const [machine, first] of pairs(machines, ({ machine }) => machine.address))
    yield {
      path: [...machine.path, "address"],
      message: `duplicate address ${first.machine.address ?? ""}: ${called(first)} has it too`,
      other: [...first.path, "address"],
    };
  for (const [{ path, machine }, first] of pairs(machines, (each) => endpoint(each, draft))) {
    if (machine.address === first.machine.address) continue;
    yield {
      path: machine.ssh?.address === undefined ? [...path, "address"] : [...path, "ssh", "address"],
      message: `SSH would connect to ${called(first)}: it has the same address and port`,
      other: [...first.path, "address"],
    };
  }
}

/** Each machine that has the value of an earlier one, with that one. */
function* pairs(
  machines: readonly Placed[],
  value: (machine: Placed) => string | undefined,
): Iterable<[Placed, Placed]> {
  const seen = new Map<string, Placed>();
  for (const machine of machines) {
    const key = value(machine);
    const first = key === undefined ? undefined : seen.get(key);
    if (first) yield [machine, first];
    else if (key !== undefined) seen.set(key, machine);
  }
}

/** The same address behind different bastions belongs to different machines. */
function endpoint({ machine }: Placed, draft: Draft): string | undefined {
  const address = machine.ssh?.address ?? machine.address;
  const port = machine.ssh?.port ?? draft.ssh?.port ?? 22;
  const bastion = machine.ssh?.bastion ?? draft.ssh?.bastion;
  return address && [address, port, bastion?.address, bastion?.port].join(" ");
}
