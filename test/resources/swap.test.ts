import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { noSwap } from "../../src/resources/swap.ts";
import { machineStory } from "../support/machine-story.ts";
import { changesIn, walk } from "../support/walk.ts";

const FSTAB = `# what is mounted at boot
/dev/vda / ext4 defaults 0 1
UUID=1-2 none swap sw 0 0
  \t/swapfile\tnone\tswap\tdefaults
/dev/vdc none swap
#/dev/old none swap sw 0 0
/dev/swap /srv/swap ext4 defaults 0 2
`;

machineStory("every way to write swap into /etc/fstab is found, and nothing else is touched", async (machine) => {
  machine.write("/etc/fstab", FSTAB);
  const changes = changesIn(await walk(machine.host, [noSwap({})]));
  expect(changes.map(({ from }) => from)).toEqual([
    "UUID=1-2 none swap sw 0 0",
    "  \t/swapfile\tnone\tswap\tdefaults",
    "/dev/vdc none swap",
  ]);
  expect(machine.read("/etc/fstab")).toBe(`# what is mounted at boot
/dev/vda / ext4 defaults 0 1
# UUID=1-2 none swap sw 0 0
#   \t/swapfile\tnone\tswap\tdefaults
# /dev/vdc none swap
#/dev/old none swap sw 0 0
/dev/swap /srv/swap ext4 defaults 0 2
`);
});

machineStory("swap goes off on a host that has no /etc/fstab", async (machine) => {
  rmSync(join(machine.root, "etc/fstab"), { force: true });
  machine.write("/fakes/swaps", `${machine.read("/fakes/swaps")}/dev/zram0 partition 1024 0 100\n`);
  expect(changesIn(await walk(machine.host, [noSwap({})]))).toEqual([
    { field: "swap in use", from: "/dev/zram0", to: "off" },
  ]);
  expect(machine.read("/proc/swaps").split("\n")).toHaveLength(2);
});
