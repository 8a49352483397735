import { existsSync } from "node:fs";
import { chmod, copyFile, mkdir, mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { TripodError } from "../../errors.ts";
import { fileDigest } from "../../file-digest.ts";
import type { Cluster } from "../../inventory/cluster.ts";
import { architectureOf } from "../../releases/artifact.ts";
import { render } from "../../render/render.ts";
import { versionsFor } from "../../versions.ts";
import { cached, discard, type Progress } from "../cache.ts";
import { local } from "../local.ts";
import { labScript, labScriptText } from "../scripts.ts";

/** The folder of the repositories below what is published, in place of https://pkgs.k8s.io. */
export const REPOSITORIES = "pkgs.k8s.io";

export interface RepositoryContent {
  /** A folder in the cache: below it is `pkgs.k8s.io/core:/stable:/v1.20/deb`. */
  readonly folder: string;
  /** Of the key that signs it. */
  readonly fingerprint: string;
}

/** The revision of every package, as pkgs.k8s.io has it. */
const REVISION = "1.1";
const PLUGINS = ["bridge", "host-local", "loopback", "portmap"];

/** What a package of the repository is made of. @internal exported for its test */
export interface RepositoryPackage {
  readonly name: string;
  readonly version: string;
  readonly depends: readonly string[];
  /** The program on this machine, by the path that it is installed to. */
  readonly programs: Readonly<Record<string, string>>;
  /** Text by path. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Kubernetes' programs as Debian packages, in a signed repository with the layout of pkgs.k8s.io; with a key of the lab.
 * @param programs a folder with all of Kubernetes
 * @param rootfs a root file system of flavour `ready`, which has the CNI plugins
 */
export async function repositoryContent(
  { kubernetes: { version, minor } }: Cluster,
  programs: string,
  rootfs: string,
  work: Progress,
): Promise<RepositoryContent> {
  const packages = packagesOf(version, minor, programs, rootfs);
  const scripts = [await labScriptText("crictl.sh"), await labScriptText("index-packages.sh")];
  const folder = await cached(`package-repository-${version}`, { packages, scripts }, work, async (root) => {
    work.progress(`creating a package repository of Kubernetes ${version}`);
    await buildRepository(root, minor, packages);
  });
  return { folder, fingerprint: (await readFile(join(folder, "fingerprint"), "utf8")).trim() };
}

/** With the dependencies that the project's packages have. */
function packagesOf(version: string, minor: number, programs: string, rootfs: string): RepositoryPackage[] {
  const { crictl, cniPlugins } = versionsFor(minor);
  const one = (name: string, of: string, more: Partial<RepositoryPackage>): RepositoryPackage => {
    return { name, version: `${of}-${REVISION}`, depends: [], programs: {}, files: {}, ...more };
  };
  const bin = (name: string) => ({ [`/usr/bin/${name}`]: join(programs, name) });
  const own = join(programs, "crictl");
  const plugins = PLUGINS.map((name) => [`/opt/cni/bin/${name}`, join(rootfs, "usr/lib/cni", name)]);
  const unit = "/usr/lib/systemd/system/kubelet.service";
  const binary = "/usr/bin/kubelet";
  return [
    one("kubeadm", version, {
      depends: ["cri-tools"],
      programs: bin("kubeadm"),
      files: { [`${unit}.d/10-kubeadm.conf`]: render("kubelet/10-kubeadm.conf", { binary }) },
    }),
    one("kubelet", version, {
      depends: ["kubernetes-cni", "iptables", "iproute2", "mount", "util-linux", "ethtool", "conntrack"],
      programs: bin("kubelet"),
      files: { [unit]: render("kubelet/kubelet.service", { binary }) },
    }),
    one("kubectl", version, { programs: bin("kubectl") }),
    one("cri-tools", crictl, { programs: { "/usr/bin/crictl": existsSync(own) ? own : labScript("crictl.sh") } }),
    one("kubernetes-cni", cniPlugins, { programs: Object.fromEntries(plugins) as Record<string, string> }),
  ];
}

/** @internal exported for its test */
export async function buildRepository(
  root: string,
  minor: number,
  packages: readonly RepositoryPackage[],
): Promise<void> {
  const architecture = architectureOf(process.arch === "arm64" ? "aarch64" : "x86_64") ?? "amd64";
  const built = join(root, "built");
  const folder = join(root, REPOSITORIES, `core:/stable:/v1.${minor}/deb`);
  await mkdir(built, { recursive: true });
  await mkdir(folder, { recursive: true });
  for (const each of packages) await buildPackage(each, architecture, built);
  await local(["sh", labScript("index-packages.sh"), built, folder]);
  await discard(built);
  await writeFile(join(folder, "Release"), await releaseText(folder, minor, architecture));
  await writeFile(join(root, "fingerprint"), await sign(folder, minor));
}

async function buildPackage(
  { name, version, depends, programs, files }: RepositoryPackage,
  architecture: string,
  to: string,
): Promise<void> {
  const stage = join(to, `${name}.stage`);
  const place = async (path: string) => {
    await mkdir(dirname(join(stage, path)), { recursive: true });
    return join(stage, path);
  };
  for (const [path, from] of Object.entries(programs)) {
    if (!existsSync(from))
      throw new TripodError("E_LAB", `the lab has no ${basename(from)} for its package repository`, {
        why: from,
        hint: "put it into the folder of --binaries",
      });
    await copyFile(from, await place(path));
    await chmod(join(stage, path), 0o755);
  }
  for (const [path, text] of Object.entries(files)) await writeFile(await place(path), text);
  const control = {
    ...{ Package: name, Version: version, Architecture: architecture },
    Maintainer: "the lab of Tripod <lab@tripod.invalid>",
    ...(depends.length > 0 && { Depends: depends.join(", ") }),
    Description: `${name} of Kubernetes`,
  };
  const lines = Object.entries(control).map(([field, value]) => `${field}: ${value}\n`);
  await writeFile(await place("DEBIAN/control"), lines.join(""));
  const deb = join(to, `${name}_${version}_${architecture}.deb`);
  await local(["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", stage, deb]);
  await discard(stage);
}

/** The fields that the project's repositories have. */
async function releaseText(folder: string, minor: number, architecture: string): Promise<string> {
  const project = `isv:kubernetes:core:stable:v1.${minor}`;
  const index = join(folder, "Packages");
  return `Archive: deb
Codename: deb
Origin: obs://build.opensuse.org/${project}/deb
Label: ${project}
Architecture: ${architecture}
Date: ${new Date().toUTCString().replace("GMT", "+0000")}
SHA256:
 ${await fileDigest(index)} ${(await stat(index)).size} Packages
`;
}

/** Signs the repository with a new key, whose secret part is not kept. @returns its fingerprint */
async function sign(folder: string, minor: number): Promise<string> {
  // gpg's agent listens on a socket in this folder, whose path must be short.
  const home = await mkdtemp(join(tmpdir(), "tripod-gpg-"));
  const gpg = (...argv: string[]) => local(["gpg", "--homedir", home, "--batch", "--quiet", "--yes", ...argv]);
  const [release, out] = [join(folder, "Release"), (name: string) => ["--output", join(folder, name)]];
  try {
    const user = `lab:kubernetes:v1.${minor} <lab@tripod.invalid>`;
    await gpg("--passphrase", "", "--quick-generate-key", user, "rsa3072", "sign", "never");
    await gpg(...out("InRelease"), "--clearsign", release);
    await gpg(...out("Release.gpg"), "--armor", "--detach-sign", release);
    await gpg(...out("Release.key"), "--armor", "--export");
    const listed = await gpg("--with-colons", "--list-keys");
    return /^fpr:+([0-9A-F]{40}):/m.exec(listed)?.[1] ?? "";
  } finally {
    await local(["gpgconf", "--homedir", home, "--kill", "all"]);
    await discard(home);
  }
}
