import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { directory } from "../../src/resources/directory.ts";
import { machineStory } from "../support/machine-story.ts";
import { failure } from "../support/sshd.ts";
import { changesIn, walk } from "../support/walk.ts";

machineStory(
  "a directory that leads to another disk stays a link, and what it leads to gets the mode",
  async (machine) => {
    machine.write("/disk/etcd/data", "kept");
    symlinkSync("/disk/etcd", join(machine.root, "var/lib/etcd"));
    const wanted = () => [directory({ path: "/var/lib/etcd", mode: 0o700 })];
    expect(changesIn(await walk(machine.host, wanted()))).toEqual([
      { field: "directory", from: "755 root:root", to: "700 root:root" },
    ]);
    expect((await machine.host.read("stat -c %F /var/lib/etcd; stat -Lc %a /var/lib/etcd")).stdout).toBe(
      "symbolic link\n700\n",
    );
    expect(changesIn(await walk(machine.host, wanted()))).toEqual([]);
  },
);

machineStory("a file that stands where a directory should be is not touched, and named", async (machine) => {
  machine.write("/etc/thing", "somebody's");
  const error = await failure(walk(machine.host, [directory({ path: "/etc/thing", mode: 0o755 })]));
  expect(error).toMatchObject({ code: "E_COMMAND", details: { host: "m1" } });
  expect(error.details.why).toContain("/etc/thing");
  expect(machine.read("/etc/thing")).toBe("somebody's");
});
