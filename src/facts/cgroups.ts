import { defineFact } from "./fact.ts";

export interface Cgroups {
  readonly version: 1 | 2;
}

export const cgroups = defineFact<Cgroups>({
  name: "cgroups",
  command: "[ -f /sys/fs/cgroup/cgroup.controllers ] && echo 2 || echo 1",
  parse: (stdout) => ({ version: stdout.trim() === "2" ? 2 : 1 }),
});
