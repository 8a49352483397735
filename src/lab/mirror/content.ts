import { appendFile, copyFile, mkdir, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { architectureOf, type Artifact, COMPONENTS, fileName } from "../../releases/artifact.ts";
import { artifactsOf, OPT_CNI_BIN } from "../../releases/projects.ts";
import { TripodError } from "../../errors.ts";
import { fileDigest } from "../../file-digest.ts";
import { versionsFor, type ProgramVersions } from "../../versions.ts";
import type { Cluster } from "../../inventory/cluster.ts";
import { cached, type Progress } from "../cache.ts";
import { publishImages, registriesIn } from "./images.ts";
import { local } from "../local.ts";
import { labScript, labScriptText } from "../scripts.ts";

/** The folders of the mirror, in place of https://dl.k8s.io and https://github.com. */
export const MIRRORED = { kubernetes: "dl.k8s.io", github: "github.com" } as const;

/** The folder of its images: names.json, and the content of all by digest. */
export const REGISTRY = "registry";

/** The Debian packages whose programs the mirror serves, and the version that each stands for. */
const PACKAGES: Readonly<Record<"etcd" | "containerd" | "runc" | "cniPlugins", string>> = {
  etcd: "etcd-server",
  containerd: "containerd",
  runc: "runc",
  cniPlugins: "containernetworking-plugins",
};

export interface MirrorContent {
  /** A folder in the cache with the official layout. */
  readonly folder: string;
  /** The versions of the programs that it serves, each under its version. */
  readonly versions: ProgramVersions;
  /** The registries of whose images it has some. */
  readonly registries: readonly string[];
}

/**
 * The projects' releases as far as the lab has their programs: Kubernetes from a folder, everything else from there or from a root file system
 * with Debian's packages, with archives, names and checksum files as the projects publish them.
 * @param programs a folder with all of Kubernetes
 * @param rootfs a root file system of flavour `ready`
 * @param images a folder of image archives, which it serves as a registry's mirror
 */
export async function mirrorContent(
  { kubernetes }: Cluster,
  { programs, rootfs, images }: { readonly programs: string; readonly rootfs: string; readonly images: string },
  work: Progress,
): Promise<MirrorContent> {
  const versions = await versionsOfLab(kubernetes.minor, programs, rootfs);
  const madeOf = { programs, rootfs, images, versions, crictl: await labScriptText("crictl.sh") };
  const folder = await cached(`releases-${kubernetes.version}`, madeOf, work, async (root) => {
    work.progress(`creating a mirror of the releases for Kubernetes ${kubernetes.version}`);
    for (const artifact of artifacts(kubernetes.version, versions)) await publish(artifact, root, [programs, rootfs]);
    await publishImages(images, join(root, REGISTRY));
  });
  return { folder, versions, registries: await registriesIn(join(folder, REGISTRY)) };
}

/** @internal exported for its test */
export function artifacts(kubernetes: string, versions: ProgramVersions): Artifact[] {
  const architecture = architectureOf(process.arch === "arm64" ? "aarch64" : "x86_64") ?? "amd64";
  const sources = {
    kubernetes: `https://mirror.invalid/${MIRRORED.kubernetes}`,
    github: `https://mirror.invalid/${MIRRORED.github}`,
  };
  return COMPONENTS.flatMap((component) => artifactsOf(component, { kubernetes, versions, architecture, sources }));
}

async function versionsOfLab(minor: number, programs: string, rootfs: string): Promise<ProgramVersions> {
  const format = "--showformat=${Package} ${Version}\\n";
  const listed = await local(["dpkg-query", `--root=${rootfs}`, "--show", format, ...Object.values(PACKAGES)]);
  const packaged = Object.entries(PACKAGES).map(([program, name]) => {
    const version = new RegExp(`^${name} (?:\\d+:)?(\\d+\\.\\d+\\.\\d+)`, "m").exec(listed)?.[1];
    if (version === undefined)
      throw new TripodError("E_LAB", `the version of Debian's ${name} cannot be read`, {
        why: listed,
        hint: "remove the cache of root file systems (debian-* in Tripod's cache folder), and try again",
      });
    return [program, version];
  });
  const versions = { ...versionsFor(minor), ...(Object.fromEntries(packaged) as Partial<ProgramVersions>) };
  if (!existsSync(join(programs, "etcd"))) return versions;
  const [, etcd = versions.etcd] =
    /^etcd Version: (\S+)/m.exec(await local([join(programs, "etcd"), "--version"])) ?? [];
  return { ...versions, etcd };
}

/**
 * Where a program is found, by the path to which it is installed: in the folder of programs, in the root file system, or in Tripod's own
 * scripts. (iproute2 has a program `bridge` too.)
 */
function found(path: string, [programs, rootfs]: readonly [string, string]): string {
  const name = basename(path);
  const places = path.startsWith(OPT_CNI_BIN)
    ? [join(programs, "cni", name), join(rootfs, "usr/lib/cni", name)]
    : [
        join(programs, name),
        ...["usr/bin", "usr/sbin"].map((folder) => join(rootfs, folder, name)),
        ...(name === "crictl" ? [labScript("crictl.sh")] : []),
      ];
  const there = places.find((place) => existsSync(place));
  if (there !== undefined) return there;
  throw new TripodError("E_LAB", `the lab has no ${name} for its mirror of releases`, {
    why: places.join("\n"),
    hint: "put it into the folder of --binaries",
  });
}

/** @internal exported for its test */
export async function publish(artifact: Artifact, root: string, from: readonly [string, string]): Promise<void> {
  const file = join(root, decodeURIComponent(new URL(artifact.url).pathname));
  await mkdir(dirname(file), { recursive: true });
  const [first] = artifact.files;
  if (first && first.member === undefined) await copyFile(found(first.path, from), file);
  else await pack(artifact, file, from);
  const digest = await fileDigest(file);
  const sums = join(root, decodeURIComponent(new URL(artifact.checksums).pathname));
  // Kubernetes and crictl publish the digest alone, the others `DIGEST  FILE`, some with a line for each of their files.
  const bare = /dl\.k8s\.io\/|cri-tools\//.test(artifact.url);
  if (bare) await writeFile(sums, digest);
  else await appendFile(sums, `${digest}  ${fileName(artifact)}\n${"0".repeat(64)}  another-file\n`);
}

async function pack({ files }: Artifact, file: string, from: readonly [string, string]): Promise<void> {
  const stage = `${file}.stage`;
  for (const { member = "", path } of files) {
    await mkdir(dirname(join(stage, member)), { recursive: true });
    await copyFile(found(path, from), join(stage, member));
  }
  const same = ["--mtime=@0", "--owner=0", "--group=0", "--numeric-owner", "--mode=755"];
  const members = files.map(({ member = "" }) => member);
  await local(["tar", "--create", "--gzip", `--file=${file}`, ...same, `--directory=${stage}`, ...members]);
  await local(["rm", "-r", stage]);
}
