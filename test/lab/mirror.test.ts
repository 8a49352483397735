import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { packImage } from "../../src/lab/image-archive.ts";
import { publishImages, registriesIn } from "../../src/lab/mirror/images.ts";
import { labScript } from "../../src/lab/scripts.ts";
import { createAuthority, issue } from "../../src/pki/authority.ts";
import { pullImage } from "../../src/registry/image.ts";
import { imageReference } from "../../src/registry/reference.ts";
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

const root = process.getuid?.() === 0;

test.skipIf(!root)(
  `the lab's mirror serves its images as a mirror of their registries${root ? "" : ": only root may use its port"}`,
  async () => {
    vi.stubEnv("XDG_CACHE_HOME", temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    const [folder, images, files] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    writeFileSync(join(files, "pause"), "a program");
    for (const name of ["pause", "other"])
      await packImage(`k8s.gcr.io/${name}:3.2`, files, { entrypoint: [`/${name}`] }, join(images, `${name}.tar`));
    await publishImages(images, join(folder, "registry"));
    expect(await registriesIn(join(folder, "registry"))).toEqual(["k8s.gcr.io"]);

    const address = "127.0.0.97";
    const lasting = { keys: "ecdsa-p256", validityDays: 2 } as const;
    const authority = await createAuthority({ commonName: "mirror", ...lasting }, new Date());
    const request = { commonName: address, sans: [address], usages: ["serverAuth"], ...lasting } as const;
    const { certificate, key } = await issue(authority, request, new Date());
    writeFileSync(join(folder, "server.crt"), certificate);
    writeFileSync(join(folder, "server.key"), key.reveal());
    const server = spawn(process.execPath, [labScript("release-mirror.mjs"), folder, address], { stdio: "ignore" });
    onTestFinished(() => void server.kill());
    await expect.poll(() => existsSync(join(folder, "ready"))).toBe(true);

    const pulling = {
      ...{ signal: new AbortController().signal, ca: authority.certificate, progress: () => undefined },
      ...{
        architecture: process.arch === "arm64" ? ("arm64" as const) : ("amd64" as const),
        mirrors: [`https://${address}`],
      },
    } as const;
    const image = await pullImage(imageReference("k8s.gcr.io/pause:3.2"), pulling);
    expect(image.top.mediaType).toBe("application/vnd.oci.image.manifest.v1+json");
    expect(image.blobs.map(({ mediaType }) => mediaType)).toContain("application/vnd.oci.image.layer.v1.tar+zstd");
  },
);
