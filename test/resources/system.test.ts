import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { enabled } from "../../src/resources/enabled.ts";
import { hostname } from "../../src/resources/hostname.ts";
import { kernelModule } from "../../src/resources/kernel-module.ts";
import { packages } from "../../src/resources/package.ts";
import { sysctl } from "../../src/resources/sysctl.ts";
import { user } from "../../src/resources/user.ts";
import { killSwitch } from "../support/connections.ts";
import { over } from "../support/machine.ts";
import { machineStory } from "../support/machine-story.ts";
import { failure } from "../support/sshd.ts";
import { unit } from "../support/standing.ts";
import { changesIn, walk } from "../support/walk.ts";

machineStory("a host gets its name even where hostnamectl cannot reach systemd", async (machine) => {
  machine.write("/fakes/broken/hostnamectl", "");
  expect(changesIn(await walk(machine.host, [hostname({ name: "m1" })]))).toEqual([
    { field: "hostname", from: "debian-11", to: "m1" },
    { field: "/etc/hostname", from: "debian-11", to: "m1" },
  ]);
  expect((await machine.host.read("uname -n; cat /etc/hostname")).stdout).toBe("m1\nm1\n");
});

machineStory("a module that is built into the kernel counts as loaded", async (machine) => {
  const { stdout } = await machine.host.read("uname -r");
  machine.write(`/usr/lib/modules/${stdout.trim()}/modules.builtin`, "kernel/net/bridge/br_netfilter.ko\n");
  expect(changesIn(await walk(machine.host, [kernelModule({ name: "br_netfilter" })], "plan"))).toEqual([]);
});

machineStory("a module that the kernel does not have is named", async (machine) => {
  machine.write("/fakes/broken/br_netfilter", "");
  const error = await failure(walk(machine.host, [kernelModule({ name: "br_netfilter" })]));
  expect(error.details.why).toContain("Module br_netfilter not found");
});

machineStory("a setting that is not there before its module is loaded is missing, not wrong", async (machine) => {
  const setting = () => sysctl({ values: { "net.bridge.bridge-nf-call-iptables": "1" } });
  expect(changesIn(await walk(machine.host, [setting()], "plan"))).toEqual([
    { field: "net.bridge.bridge-nf-call-iptables", from: "missing", to: "1" },
  ]);
  await walk(machine.host, [kernelModule({ name: "br_netfilter" }), setting()]);
  expect(changesIn(await walk(machine.host, [setting()], "plan"))).toEqual([]);
});

machineStory("a user that is there already is left as it is", async (machine) => {
  machine.write("/etc/passwd", "root:x:0:0::/root:/bin/sh\netcd:x:90:90::/srv/etcd:/bin/bash\n");
  machine.write("/etc/group", "root:x:0:\netcd:x:90:\n");
  expect(changesIn(await walk(machine.host, [user({ name: "etcd", home: "/var/lib/etcd" })]))).toEqual([]);
});

machineStory("only packages that are missing or in another version are installed", async (machine) => {
  machine.write("/fakes/packages", "curl 7.88.1-10\nkubeadm 1.36.3-1.1\nkubelet 1.35.0-1.1\n");
  const wanted = [packages({ names: ["curl", "socat", "kubeadm=1.36.3-*", "kubelet=1.36.3-*"] })];
  expect(changesIn(await walk(machine.host, wanted)).map(({ to }) => to)).toEqual(["socat", "kubelet=1.36.3-*"]);
  expect(machine.read("/fakes/packages")).toBe("curl 7.88.1-10\nkubeadm 1.36.3-1.1\nsocat 1.0-1\nkubelet 1.36.3-1.1\n");
});

machineStory(
  "a package in another version is shown with that, and is not upgraded with the system",
  async (machine) => {
    machine.write("/fakes/packages", "kubeadm 1.35.0-1.1\n");
    const wanted = [packages({ names: ["socat", "kubeadm=1.36.3-*"], hold: ["kubeadm=1.36.3-*"] })];
    expect(changesIn(await walk(machine.host, wanted))).toEqual([
      { field: "package", from: "absent", to: "socat" },
      { field: "package", from: "1.35.0-1.1", to: "kubeadm=1.36.3-*" },
      { field: "held", from: "upgraded with the system", to: "kubeadm" },
    ]);
    expect(machine.read("/fakes/held")).toBe("kubeadm\n");
    await machine.connection.run("sed -i d /fakes/held");
    expect(changesIn(await walk(machine.host, wanted))).toEqual([
      { field: "held", from: "upgraded with the system", to: "kubeadm" },
    ]);
  },
);

machineStory("a package manager that fails holds nothing", async (machine) => {
  machine.write("/fakes/broken/apt-get", "");
  await failure(walk(machine.host, [packages({ names: ["kubeadm=1.36.3-*"], hold: ["kubeadm=1.36.3-*"] })]));
  expect((await machine.host.read("cat /fakes/held 2>/dev/null")).stdout).toBe("");
});

machineStory("Tripod waits for a package manager that a killed run has left running", async (machine) => {
  await machine.connection.run("mkfifo /fakes/reached /fakes/gate");
  const host = over(machine.host, killSwitch(2).through(machine.connection));
  await expect(walk(host, [packages({ names: ["socat"] })])).rejects.toThrow("killed");
  await readFile(join(machine.root, "fakes/reached"));
  let opened: Promise<void> | undefined;
  await walk(machine.host, [packages({ names: ["socat"] })], "apply", (event) => {
    if (event.type === "condition.waiting") opened ??= writeFile(join(machine.root, "fakes/gate"), "\n");
  });
  await opened;
  expect(machine.read("/fakes/packages")).toBe("socat 1.0-1\n");
});

machineStory("a package manager that fails is quoted", async (machine) => {
  machine.write("/fakes/broken/apt-get", "");
  const error = await failure(walk(machine.host, [packages({ names: ["socat"] })]));
  expect(error).toMatchObject({ code: "E_COMMAND", details: { host: "m1" } });
  expect(error.details.why).toContain("E: Unable to fetch some archives");
});

machineStory("a unit whose text is newer than what systemd has loaded is reloaded", async (machine) => {
  unit(machine, "kubelet.service");
  await machine.connection.run("systemctl enable kubelet; systemctl start kubelet");
  machine.write("/etc/systemd/system/kubelet.service.d/10-kubeadm.conf", "[Service]\nRestart=always\n");
  const wanted = () => [enabled({ unit: "kubelet.service" })];
  expect(changesIn(await walk(machine.host, wanted()))).toEqual([
    { field: "unit", from: "systemd has an older version loaded", to: "reloaded" },
  ]);
  expect(changesIn(await walk(machine.host, wanted()))).toEqual([]);
});
