import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { basename, join } from "node:path";
import { minor } from "semver";
import { describe, expect, it } from "vitest";
import { GOLDEN } from "../support/golden.ts";
import { KUBEADM_VERSIONS, kubeadmFiles } from "../support/kubeadm.ts";
import { because, missingPrograms, run, temporaryFolder } from "../support/programs.ts";

const fine = { code: 0, said: "" };

function golden(name: string): string {
  return readFileSync(join(GOLDEN, name), "utf8");
}

const noKeepalived = missingPrograms("keepalived") ?? (lanInterface() ? undefined : "no interface but loopback");
describe.skipIf(noKeepalived)(`keepalived itself${because(noKeepalived)}`, () => {
  it.each(["m1", "m2", "m3", "two-interfaces"])("finds no fault with what %s is given", (name) => {
    const folder = temporaryFolder();
    const config = join(folder, "keepalived.conf");
    for (const script of ["haproxy/check.sh", "hang-up.sh"])
      writeFileSync(join(folder, basename(script)), golden(`keepalived/${script}`), { mode: 0o755 });
    const text = golden(`keepalived/${name}/keepalived.conf`).replaceAll("/etc/keepalived", folder);
    writeFileSync(config, text.replaceAll("eth0", lanInterface() ?? "").replaceAll("eth1", "lo"), { mode: 0o644 });
    expect(run("keepalived", "-t", "-f", config)).toEqual(fine);
  });
});

const noHaproxy = missingPrograms("haproxy");
describe.skipIf(noHaproxy)(`haproxy itself${because(noHaproxy)}`, () => {
  it("finds no fault with what the masters are given, and has nothing to warn of", () => {
    const { code, said } = run("haproxy", "-c", "-f", join(GOLDEN, "haproxy/haproxy.cfg"));
    expect(said).not.toMatch(/WARNING|ALERT/i);
    expect(code).toBe(0);
  });
});

const noSystemd = missingPrograms("systemd-analyze");
describe.skipIf(noSystemd)(`systemd itself${because(noSystemd)}`, () => {
  /** Programs that are not on this machine are played by one that is; everything else stays. */
  const verify = (unit: string, text: string, dropIns: Readonly<Record<string, string>> = {}) => {
    const folder = temporaryFolder();
    const played = (of: string) => of.replace(/^(ExecStart=)\/\S+/gm, "$1/bin/true");
    writeFileSync(join(folder, unit), played(text));
    mkdirSync(join(folder, `${unit}.d`));
    for (const [name, dropIn] of Object.entries(dropIns))
      writeFileSync(join(folder, `${unit}.d`, name), played(dropIn));
    return run("systemd-analyze", "verify", "--man=no", join(folder, unit));
  };

  it.each(["etcd/package/etcd.service", "etcd/uploaded/etcd.service"])("finds no fault with %s", (name) => {
    expect(verify("etcd.service", golden(name))).toEqual(fine);
  });

  it("finds no fault with the unit of the pod routes", () => {
    expect(verify("tripod-pod-routes.service", golden("bridge/tripod-pod-routes.service"))).toEqual(fine);
  });

  it("finds no fault with the unit of the firewall", () => {
    expect(verify("tripod-firewall.service", golden("firewall/tripod-firewall.service"))).toEqual(fine);
  });

  it("finds no fault with the kubelet's unit and drop-in", () => {
    const dropIn = { "10-kubeadm.conf": golden("kubelet/10-kubeadm.conf") };
    expect(verify("kubelet.service", golden("kubelet/kubelet.service"), dropIn)).toEqual(fine);
  });

  it("finds no fault with containerd's unit and the proxy's drop-in", () => {
    const dropIn = { "tripod-proxy.conf": golden("containerd/proxy.conf") };
    expect(verify("containerd.service", golden("containerd/containerd.service"), dropIn)).toEqual(fine);
  });

  it("finds no fault with the drop-in that restarts a packaged service", () => {
    const unit = "[Service]\nExecStart=/usr/sbin/keepalived --dont-fork\n";
    expect(verify("keepalived.service", unit, { "tripod.conf": golden("systemd/restart.conf") })).toEqual(fine);
  });

  it("rates etcd's sandbox as safe", () => {
    const folder = temporaryFolder();
    cpSync(join(GOLDEN, "etcd/package/etcd.service"), join(folder, "etcd.service"));
    const { said } = run("systemd-analyze", "security", "--offline=true", join(folder, "etcd.service"));
    expect(Number(/Overall exposure level for etcd.service: ([\d.]+)/.exec(said)?.[1])).toBeLessThan(2.5);
  });
});

const noContainerd = missingPrograms("containerd");
describe.skipIf(noContainerd)(`containerd itself${because(noContainerd)}`, () => {
  it("takes from its file what we put there", () => {
    const major = /\bv?(\d+)\.\d+\.\d+/.exec(run("containerd", "--version").said)?.[1] === "1" ? 1 : 2;
    const { code, said } = run(
      "containerd",
      "--config",
      join(GOLDEN, `containerd/${major}/config.toml`),
      "config",
      "dump",
    );
    expect(code).toBe(0);
    expect(said).toMatch(/SystemdCgroup = true/);
    expect(said).toMatch(/sandbox(_image)? = ['"]registry.k8s.io\/pause:3.10.2['"]/);
    expect(said).toMatch(major === 1 ? /bin_dir = ['"]\/usr\/lib\/cni['"]/ : /\/opt\/cni\/bin/);
  });
});

const shells = ["dash", "sh"].filter((shell) => !missingPrograms(shell));
describe.each(shells)("%s", (shell) => {
  it.each(["haproxy/check.sh", "direct/check.sh", "hang-up.sh"])("can read %s", (name) => {
    expect(run(shell, "-n", join(GOLDEN, `keepalived/${name}`))).toEqual(fine);
  });

  it.each(["m1", "w1"])("can read what opens the firewall of %s", (name) => {
    expect(run(shell, "-n", join(GOLDEN, `firewall/${name}/firewall.sh`))).toEqual(fine);
  });
});

const noBash = missingPrograms("bash");
describe.skipIf(noBash)(`bash${because(noBash)}`, () => {
  it.each(["m1", "w1"])("can read what adds the routes on %s", (name) => {
    expect(run("bash", "-n", join(GOLDEN, `bridge/${name}/pod-routes.sh`))).toEqual(fine);
  });
});

const kubeadmFolder = process.env.TRIPOD_KUBEADM_DIR;
const kubeadms = kubeadmFolder ? readdirSync(kubeadmFolder).filter((name) => name.startsWith("kubeadm-")) : [];
const noKubeadm =
  kubeadms.length > 0 ? undefined : `no kubeadm-* in $TRIPOD_KUBEADM_DIR, which is ${kubeadmFolder ?? "not set"}`;

describe.skipIf(noKubeadm)(`kubeadm itself${because(noKubeadm)}`, () => {
  it.each(kubeadms.length > 0 ? kubeadms : ["kubeadm-*"])("%s takes every document that is meant for it", (name) => {
    const kubeadm = join(kubeadmFolder ?? "", name);
    const version = run(kubeadm, "version", "-o", "short").said.trim().replace(/^v/, "");
    const folder = temporaryFolder();
    for (const [title, path] of documentsFor(version, folder)) {
      const { code, said } = run(kubeadm, ...validation(version, path));
      expect.soft(said, title).not.toMatch(/strict|unknown field|error|deprecated/i);
      expect.soft(code, `${title}: ${said}`).toBe(0);
    }
  });
});

/** The golden files of its own minor version and of the one below, and those we would write for exactly this version. */
function documentsFor(version: string, folder: string): [title: string, path: string][] {
  const kept = KUBEADM_VERSIONS.filter((of) => [0, 1].includes(minor(version) - minor(of))).flatMap((of) =>
    [...kubeadmFiles(of).keys()].map((file): [string, string] => [`${of}/${file}`, join(GOLDEN, "kubeadm", of, file)]),
  );
  const own = [...kubeadmFiles(version)].map(([file, text]): [string, string] => {
    const path = join(folder, file);
    writeFileSync(path, text);
    return [`${version}/${file}, written now`, path];
  });
  return [...kept, ...own];
}

/** `config validate` came with 1.26; before, a migration reads a file in the same way. */
function validation(version: string, path: string): string[] {
  return minor(version) >= 26
    ? ["config", "validate", "--config", path]
    : ["config", "migrate", "--old-config", path, "--new-config", "/dev/null"];
}

function lanInterface(): string | undefined {
  return Object.entries(networkInterfaces()).find(([, addresses]) => addresses?.some(({ internal }) => !internal))?.[0];
}
