import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { debian } from "../../src/os/debian.ts";
import { OS_FAMILIES, osOf } from "../../src/os/index.ts";
import { rhel } from "../../src/os/rhel.ts";
import { noMachine, throwAwayMachine } from "../support/machine.ts";
import { because, missingPrograms, run } from "../support/programs.ts";

describe("The OS family of a host", () => {
  it.each([
    ["Debian 12", { ID: "debian" }, "debian"],
    ["Ubuntu 24.04", { ID: "ubuntu", ID_LIKE: "debian" }, "debian"],
    ["Rocky 9", { ID: "rocky", ID_LIKE: "rhel centos fedora" }, "rhel"],
    ["RHEL 9", { ID: "rhel", ID_LIKE: "fedora" }, "rhel"],
    ["Alpine", { ID: "alpine" }, undefined],
    ["a system that does not say", {}, undefined],
  ])("%s is recognized by its os-release", (_, release, name) => {
    expect(osOf(release)?.name).toBe(name);
  });
});

const REPOSITORY = {
  url: "https://mirror.example.org/it's/core:/stable:/v1.36/deb",
  ...{ minor: 36, key: "-----BEGIN PGP PUBLIC KEY BLOCK-----\n", ca: "-----BEGIN CERTIFICATE-----\n" },
};

describe.each(OS_FAMILIES)("On $name", (family) => {
  const names = [...family.packages.keepalived, ...family.packages.kubernetes("1.36.3")];

  it("both of its scripts are plain POSIX shell", () => {
    const bare = names.map((name) => family.bareName(name));
    expect(bare).toEqual(["keepalived", "kubeadm", "kubelet", "kubectl"]);
    for (const script of [
      family.installed(names),
      family.install(names),
      family.held(bare),
      family.hold(bare),
      family.simulate(names, "known"),
      family.simulate(names, "fresh"),
      family.simulate(names, REPOSITORY),
    ])
      expect(run("sh", "-nc", script)).toEqual({ code: 0, said: "" });
  });

  it("a package is missing when it is absent or in another version, and only then", () => {
    const [keepalived = "", ...kubernetes] = names;
    expect(family.missing(names, "")).toEqual(names);
    const installed = (version: string) =>
      `keepalived 2.2.7-1\nkubeadm ${version}\nkubelet 1.36.3-1.1\nkubectl 1.36.3-1.1\n`;
    expect(family.missing(names, installed("1.36.3-1.1"))).toEqual([]);
    expect(family.missing(names, installed("1.36.30-1.1"))).toEqual(kubernetes.slice(0, 1));
    expect(family.missing([keepalived], "keepalived-tools 1-1\n")).toEqual([keepalived]);
  });
});

describe("Package names", () => {
  it("contain the exact version of Kubernetes, in each family's own syntax", () => {
    expect(debian.packages.kubernetes("1.36.3")).toEqual(["kubeadm=1.36.3-*", "kubelet=1.36.3-*", "kubectl=1.36.3-*"]);
    expect(rhel.packages.kubernetes("1.36.3")).toEqual(["kubeadm-1.36.3", "kubelet-1.36.3", "kubectl-1.36.3"]);
  });

  it("with a hyphen in them are not taken for a version", () => {
    expect(rhel.missing(["iptables-nft", "containerd.io"], "iptables-nft 1.8.8-6\ncontainerd.io 1.7.1-3\n")).toEqual(
      [],
    );
    expect(rhel.installed(["iptables-nft", "kubeadm-1.36.3"])).toContain(" iptables-nft kubeadm ");
  });
});

describe("The version that a simulated transaction installs", () => {
  it("is in what each package manager prints", () => {
    const apt = "Inst etcd-server [3.4.23-4] (3.5.16-4 Debian:13.1/stable [amd64])\nInst etcd (3.6.0-1 Debian:13)\n";
    expect(debian.simulatedVersion("etcd-server", apt)).toBe("3.5.16-4");
    expect(debian.simulatedVersion("etcd-client", apt)).toBeUndefined();
    const dnf = "Installing:\n kubelet   x86_64   1.36.3-150500.1.1   kubernetes   14 M\nUpgrading:\n";
    expect(rhel.simulatedVersion("kubelet", dnf)).toBe("1.36.3-150500.1.1");
  });
});

describe("Docker's containerd.io", () => {
  it("counts as containerd, because Debian's beside it would remove it and Docker", () => {
    expect(debian.missing(["containerd", "runc", "socat"], "containerd.io 1.7.27-1\n")).toEqual(["socat"]);
    expect(debian.missing(["containerd", "runc"], "")).toEqual(["containerd", "runc"]);
    expect(debian.installed(["containerd"])).toContain(" containerd containerd.io ");
  });

  it("is removed by no transaction, and neither is any other package", () => {
    expect(debian.install(["containerd"])).toMatch(/apt-get .*--no-remove .* install 'containerd'/);
  });
});

const noDpkg = missingPrograms("dpkg-query");
describe.skipIf(noDpkg)(`dpkg itself${because(noDpkg)}`, () => {
  it("prints what is installed, and nothing of what is not", () => {
    const { stdout } = spawnSync("sh", ["-c", debian.installed(["dpkg", "no-such-package", "base-files=12-*"])], {
      encoding: "utf8",
    });
    expect(stdout).toMatch(/^(base-files|dpkg) \S+\n(base-files|dpkg) \S+\n$/);
  });
});

describe.skipIf(noMachine)(`Installing on Debian${because(noMachine)}`, () => {
  /** An apt-get that does what a package's script does: it asks whether its service may start. */
  const apt = `rm -f /usr/sbin/policy-rc.d
cat > /usr/local/sbin/apt-get <<'END'
#!/bin/sh
echo "apt-get: $*"
/usr/sbin/policy-rc.d etcd start; echo "policy: $?"
env -u TRIPOD_NO_START /usr/sbin/policy-rc.d etcd start; echo "policy for others: $?"
[ ! -e /run/stale ] || { rm /run/stale; exit 100; }
END
chmod 755 /usr/local/sbin/apt-get`;

  it("starts no service, prevents no other service from starting, and cleans up", async () => {
    await using machine = await throwAwayMachine();
    await machine.connection.run(apt);
    const { code, stdout } = await machine.connection.run(debian.install(["etcd-server"]));
    expect({ code, lines: stdout.split("\n").slice(1, 3) }).toEqual({
      code: 0,
      lines: ["policy: 101", "policy for others: 0"],
    });
    expect((await machine.connection.run("[ -e /usr/sbin/policy-rc.d ]")).code).toBe(1);
  });

  it("fetches the package lists only when the ones it has do not suffice", async () => {
    await using machine = await throwAwayMachine();
    await machine.connection.run(`${apt}\ntouch /run/stale`);
    const { code, stdout } = await machine.connection.run(debian.install(["etcd-server"]));
    const verbs = [...stdout.matchAll(/^apt-get:.* (install|update)\b/gm)].map(([, verb]) => verb);
    expect({ code, verbs }).toEqual({ code: 0, verbs: ["install", "update", "install"] });
  });
});
