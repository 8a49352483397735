import { defineFact } from "./fact.ts";

export interface Hardware {
  readonly cpus: number;
  /** bytes */
  readonly memory: number;
  /** As `uname -m` prints it: `x86_64`. */
  readonly architecture: string;
}

export const hardware = defineFact<Hardware>({
  name: "hardware",
  command: "nproc; grep MemTotal: /proc/meminfo; uname -m",
  parse(stdout) {
    const [cpus = "", memory = "", architecture = ""] = stdout.split("\n");
    if (!/^\d+$/.test(cpus)) throw new Error("`nproc` did not print a number");
    return { cpus: Number(cpus), memory: Number(/\d+/.exec(memory)?.[0] ?? 0) * 1024, architecture };
  },
});
