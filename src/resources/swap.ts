import { command } from "./command.ts";
import { defineResource } from "./resource.ts";

/** The third field is `swap` (fstab(5)); white space may come before the first, and what follows the third may be missing. */
const FSTAB_SWAP = "^[[:space:]]*[^#[:space:]][^[:space:]]*[[:space:]]+[^[:space:]]+[[:space:]]+swap([[:space:]]|$)";

/** No swap: none in use now, and none named in /etc/fstab for the next boot (the lines are commented out, not lost). */
export const noSwap = defineResource<Record<string, never>, { active: string[]; configured: string[] }>({
  kind: "swap",
  name: () => "off",
  async read(host) {
    const { stdout } = await host.read(
      `tail -n +2 /proc/swaps | cut -d' ' -f1; echo --; grep -sE '${FSTAB_SWAP}' /etc/fstab; true`,
    );
    const [active = "", configured = ""] = stdout.split("--\n");
    return { active: lines(active), configured: lines(configured) };
  },
  diff: (_, { active, configured }) => [
    ...active.map((device) => ({ field: "swap in use", from: device, to: "off" })),
    ...configured.map((line) => ({ field: "/etc/fstab", from: line, to: `# ${line}` })),
  ],
  async apply(host) {
    await command(host, `swapoff -a && { [ ! -e /etc/fstab ] || sed -i -E 's/${FSTAB_SWAP}/# &/' /etc/fstab; }`);
  },
});

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}
