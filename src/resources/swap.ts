import { sh } from "../remote/shell.ts";
import { command } from "./command.ts";
import { defineResource } from "./resource.ts";

/** The third field is `swap` (fstab(5)); white space may come before the first, and what follows the third may be missing. */
const FSTAB_SWAP = "^[[:space:]]*[^#[:space:]][^[:space:]]*[[:space:]]+[^[:space:]]+[[:space:]]+swap([[:space:]]|$)";

/** Services that create swap at boot: zram-tools, Ubuntu's zram-config, Raspberry Pi OS, and swapspace. */
const SERVICES = ["zramswap.service", "zram-config.service", "dphys-swapfile.service", "swapspace.service"];

/**
 * Units that create swap at the next boot, one a line: those that are enabled, and those that systemd generates: zram-generator for its
 * devices, systemd-gpt-auto-generator for partitions of the type swap. What it generates from /etc/fstab ends with its line there.
 */
const UNITS = `${sh`systemctl list-unit-files --no-legend --no-pager '*.swap' ${SERVICES}`} 2>/dev/null | while read -r unit state _; do
  case $state in enabled | generated) ;; *) continue ;; esac
  grep -qs '^SourcePath=/etc/fstab$' /run/systemd/generator*/"$unit" || printf '%s\n' "$unit"
done`;

interface Swap {
  /** Devices and files that are in use. */
  readonly active: readonly string[];
  /** Lines of /etc/fstab. */
  readonly configured: readonly string[];
  readonly units: readonly string[];
}

/** No swap: none in use, and none at the next boot: lines of /etc/fstab are commented out, not lost, and units are masked. */
export const noSwap = defineResource<Record<string, never>, Swap>({
  kind: "swap",
  name: () => "off",
  async read(host) {
    const { stdout } = await host.read(
      `tail -n +2 /proc/swaps | cut -d' ' -f1; echo --; grep -sE '${FSTAB_SWAP}' /etc/fstab; echo --; ${UNITS}`,
    );
    const [active = "", configured = "", units = ""] = stdout.split("--\n");
    return { active: lines(active), configured: lines(configured), units: lines(units) };
  },
  diff: (_, { active, configured, units }) => [
    ...active.map((device) => ({ field: "swap in use", from: device, to: "off" })),
    ...configured.map((line) => ({ field: "/etc/fstab", from: line, to: `# ${line}` })),
    ...units.map((unit) => ({ field: unit, from: "creates swap at boot", to: "off" })),
  ],
  async apply(host, _, { configured, units }) {
    const off = `swapoff -a && { [ ! -e /etc/fstab ] || sed -i -E 's/${FSTAB_SWAP}/# &/' /etc/fstab; }`;
    // Without its line in /etc/fstab, a partition of the type swap is found by systemd-gpt-auto-generator: it is masked as well.
    const generated = `systemctl daemon-reload && ${UNITS} | while read -r unit; do ${MASK}; done`;
    await command(host, [...units.map(never), off, ...(configured.length > 0 ? [generated] : [])].join(" &&\n"));
  },
});

/** Stops `$unit`, now and at boot. One whose file is in /etc/systemd/system cannot be masked, but disabled. */
const MASK = '{ systemctl --quiet mask --now -- "$unit" 2>/dev/null || systemctl --quiet disable --now -- "$unit"; }';

function never(unit: string): string {
  return `${sh`unit=${unit}`}; ${MASK}`;
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}
