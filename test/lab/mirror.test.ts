import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { artifacts, publish } from "../../src/lab/mirror/content.ts";
import { fileName } from "../../src/releases/artifact.ts";
import { parseChecksums } from "../../src/releases/checksum.ts";
import { versionsFor } from "../../src/versions.ts";
import { temporaryFolder } from "../support/programs.ts";

/** A folder of Kubernetes' programs, and a root file system with Debian's packages: each program prints its name. */
function programs(): [string, string] {
  const [folder, rootfs] = [temporaryFolder(), temporaryFolder()];
  const put = (path: string) => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, `#!/bin/sh\necho ${path.split("/").at(-1) ?? ""}\n`);
    chmodSync(path, 0o755);
  };
  for (const name of ["kubeadm", "kubelet", "kubectl"]) put(join(folder, name));
  for (const name of ["etcd", "etcdctl", "etcdutl", "containerd", "containerd-shim-runc-v2", "ctr"])
    put(join(rootfs, "usr/bin", name));
  put(join(rootfs, "usr/sbin/runc"));
  // iproute2's, and no plugin.
  mkdirSync(join(rootfs, "usr/sbin"), { recursive: true });
  writeFileSync(join(rootfs, "usr/sbin/bridge"), "another program");
  for (const name of ["bridge", "host-local", "loopback", "portmap"]) put(join(rootfs, "usr/lib/cni", name));
  return [folder, rootfs];
}

test.each([20, 36])(
  "the lab's mirror has every release of Kubernetes 1.%i, with checksums as its project publishes them",
  async (minor) => {
    const [from, root] = [programs(), temporaryFolder()];
    const all = artifacts(`1.${minor}.1`, versionsFor(minor));
    expect(all.map(({ name }) => name)).toEqual([
      ...["kubeadm", "kubelet", "kubectl", "crictl", "etcd", "containerd", "runc", "cni-plugins"],
    ]);
    for (const artifact of all) {
      await publish(artifact, root, from);
      const at = (url: string) => join(root, new URL(url).pathname);
      const file = at(artifact.url);
      const digest = createHash("sha256").update(readFileSync(file)).digest("hex");
      expect(parseChecksums(readFileSync(at(artifact.checksums), "utf8"), fileName(artifact))).toBe(digest);
      for (const { member, path } of artifact.files) {
        const content =
          member === undefined
            ? readFileSync(file, "utf8")
            : execFileSync("tar", ["-xzOf", file, member], { encoding: "utf8" });
        expect(content).toMatch(/^#!\/bin\/sh\n/);
        if (!path.endsWith("crictl")) expect(content).toContain(`echo ${path.split("/").at(-1) ?? ""}\n`);
      }
      expect(existsSync(`${file}.stage`)).toBe(false);
    }
  },
);
