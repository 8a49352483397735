import { mkdirSync, rmSync, symlinkSync } from "node:fs";
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

machineStory(
  "a partition that systemd finds by itself once /etc/fstab no longer names it stays off too",
  async (machine) => {
    machine.write("/etc/fstab", "UUID=1-2 none swap sw 0 0\n");
    const unit = "/run/systemd/generator.late/dev-disk-by\\x2duuid-1.swap";
    machine.write("/run/systemd/generator/keep", "");
    machine.write(
      "/fakes/generator",
      `#!/bin/sh\ngrep -q '^[^#].* swap ' /etc/fstab || { mkdir -p /run/systemd/generator; echo '[Unit]' >'${unit.replace(".late", "")}'; }\n`,
      0o755,
    );
    await walk(machine.host, [noSwap({})]);
    await machine.connection.run("systemctl daemon-reload");
    expect(changesIn(await walk(machine.host, [noSwap({})], "plan"))).toEqual([]);
  },
);

machineStory(
  "swap that only a unit creates at boot stays off after the next one, and the plan names the unit",
  async (machine) => {
    const generated = "/run/systemd/generator";
    machine.write(`${generated}/dev-zram0.swap`, "[Unit]\nSourcePath=/etc/systemd/zram-generator.conf\n");
    machine.write(`${generated}/dev-disk-by\\x2duuid-1.swap`, "[Unit]\n# of a GPT partition\n");
    machine.write(`${generated}/dev-vdb.swap`, "[Unit]\nSourcePath=/etc/fstab\n");
    machine.write("/etc/systemd/system/swapfile.swap", "[Swap]\nWhat=/swapfile\n[Install]\nWantedBy=swap.target\n");
    machine.write("/etc/systemd/system/spare.swap", "[Swap]\nWhat=/spare\n");
    const wants = join(machine.root, "etc/systemd/system/swap.target.wants");
    mkdirSync(wants);
    symlinkSync("/etc/systemd/system/swapfile.swap", join(wants, "swapfile.swap"));

    const changes = changesIn(await walk(machine.host, [noSwap({})]));
    expect(changes).toEqual(
      ["swapfile.swap", "dev-disk-by\\x2duuid-1.swap", "dev-zram0.swap"].map((field) => ({
        field,
        from: "creates swap at boot",
        to: "off",
      })),
    );
    const { stdout } = await machine.host.read(
      "cd /etc/systemd/system && ls -d *.swap swap.target.wants/* 2>/dev/null",
    );
    expect(stdout.split("\n").filter(Boolean)).toEqual([
      "dev-disk-by\\x2duuid-1.swap",
      "dev-zram0.swap",
      "spare.swap",
      "swapfile.swap",
    ]);
    expect(changesIn(await walk(machine.host, [noSwap({})]))).toEqual([]);
  },
);
