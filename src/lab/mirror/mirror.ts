import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { TripodError } from "../../errors.ts";
import type { Cluster, SoftwareSettings } from "../../inventory/cluster.ts";
import { lastLines } from "../../last-lines.ts";
import { createAuthority, issue } from "../../pki/authority.ts";
import { kill, startDetached } from "../../process.ts";
import { PACKAGES_SITE } from "../../releases/repository-key.ts";
import type { ProgramVersions } from "../../versions.ts";
import { labFolders } from "../folders.ts";
import { inNetwork } from "../network.ts";
import { poll } from "../poll.ts";
import { processesWith } from "../processes.ts";
import { labScript } from "../scripts.ts";
import { MIRRORED, type MirrorContent, REGISTRY } from "./content.ts";
import { REPOSITORIES, type RepositoryContent } from "./package-repository.ts";

interface MirrorRecord {
  /** Its address in the lab's network: that of the operator in the first segment. */
  readonly address: string;
  /** The name of the content's folder in the cache, which is the first part of every path. */
  readonly published: string;
  readonly versions: ProgramVersions;
  readonly registries: readonly string[];
  /** Kubernetes' package repository, likewise. */
  readonly repository?: { readonly published: string; readonly fingerprint: string };
}

/** What a mirror serves. */
export interface Published {
  readonly releases: MirrorContent;
  readonly repository?: RepositoryContent | undefined;
}

const YEAR = 365;
const SERVER = labScript("release-mirror.mjs");

/** The files of a lab's mirror of releases. */
function files(lab: string) {
  const root = join(labFolders(lab).root, "mirror");
  const inside = (name: string) => join(root, name);
  return {
    root,
    content: inside("content"),
    registry: inside("registry"),
    ca: inside("ca.crt"),
    certificate: inside("server.crt"),
    key: inside("server.key"),
    record: inside("mirror.json"),
    /** Written by the server once it accepts connections. */
    ready: inside("ready"),
    log: inside("server.log"),
  };
}

/** Whether the lab has a mirror: its hosts install releases from it. */
export function hasMirror(lab: string): boolean {
  return existsSync(files(lab).record);
}

/** Creates the mirror's files: a link to its content, the lab's authority, and a certificate for its address. */
export async function makeMirror(lab: string, address: string, { releases, repository }: Published): Promise<void> {
  const { folder, versions, registries } = releases;
  const { root, content, registry, ca, certificate, key, record } = files(lab);
  await rm(root, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  const now = new Date();
  const lasting = { keys: "ecdsa-p256", validityDays: YEAR } as const;
  const authority = await createAuthority({ commonName: `mirror of the lab ${lab}`, ...lasting }, now);
  const request = { commonName: address, sans: [address], usages: ["serverAuth"], ...lasting } as const;
  const server = await issue(authority, request, now);
  const published = basename(folder);
  await mkdir(content, { recursive: true });
  for (const each of [folder, ...(repository ? [repository.folder] : [])])
    await symlink(each, join(content, basename(each)));
  await symlink(join(folder, REGISTRY), registry);
  await writeFile(ca, authority.certificate);
  await writeFile(certificate, server.certificate);
  await writeFile(key, server.key.reveal(), { mode: 0o600 });
  const written: MirrorRecord = {
    ...{ address, published, versions, registries },
    ...(repository && {
      repository: { published: basename(repository.folder), fingerprint: repository.fingerprint },
    }),
  };
  await writeFile(record, `${JSON.stringify(written, null, 2)}\n`);
}

/** Starts the mirror's server in the lab's network, unless it is running. */
export async function startMirror(lab: string, signal: AbortSignal | undefined): Promise<void> {
  const { root, record, ready, log } = files(lab);
  if (!existsSync(record) || (await serverPids(lab)).length > 0) return;
  await rm(ready, { force: true });
  const { address } = JSON.parse(await readFile(record, "utf8")) as MirrorRecord;
  startDetached([...inNetwork(lab), process.execPath, SERVER, root, address], log);
  const answer = await poll(20_000, signal, () => Promise.resolve(existsSync(ready) || `see ${log}`));
  if (answer === true) return;
  throw new TripodError("E_LAB", "the lab's mirror of releases did not start", {
    why: lastLines(await readFile(log, "utf8")),
    hint: "remove the lab with `tripod lab down -i FILE`, and try again",
  });
}

/** @throws TripodError E_LAB where it does not end */
export async function stopMirror(lab: string): Promise<void> {
  const answer = await poll(10_000, undefined, async () => {
    const pids = await serverPids(lab);
    for (const pid of pids) kill(pid, "SIGKILL");
    return pids.length === 0 || `process ${pids.join(", ")} is still running`;
  });
  if (answer === true) return;
  throw new TripodError("E_LAB", "the lab's mirror of releases does not end", {
    why: answer,
    hint: "end that process, and run the same command again",
  });
}

function serverPids(lab: string): Promise<number[]> {
  const { root } = files(lab);
  return processesWith((argv) => argv.includes(root) && argv.includes(SERVER));
}

/** Whether something of this inventory comes from releases. */
export function wantsReleases({ from }: SoftwareSettings): boolean {
  return (
    from === undefined || (typeof from === "string" ? from === "releases" : Object.values(from).includes("releases"))
  );
}

/** Whether this inventory's Kubernetes is to come from packages. */
export function wantsRepository({ from }: SoftwareSettings): boolean {
  return from === "packages" || (typeof from === "object" && from.kubernetes === "packages");
}

/** The inventory's software, fetched from the lab's mirror in the versions that it has; what the inventory sets stays. */
export function fromMirror(lab: string, software: SoftwareSettings): SoftwareSettings {
  const { record, ca } = files(lab);
  const { address, published, versions, repository } = JSON.parse(readFileSync(record, "utf8")) as MirrorRecord;
  const url = repository && `https://${address}/${repository.published}/${REPOSITORIES}`;
  const packageRepository = repository && url && { url, fingerprint: repository.fingerprint };
  // What is published under a URL never changes, so other content has other URLs.
  const mirrors = Object.fromEntries(
    Object.entries(MIRRORED).map(([name, folder]) => [name, `https://${address}/${published}/${folder}`]),
  );
  return {
    ca,
    ...software,
    ...(packageRepository && software.packageRepository.url === PACKAGES_SITE && { packageRepository }),
    versions: { ...versions, ...software.versions },
    mirrors: { ...mirrors, ...software.mirrors },
  };
}

/** The inventory's mirrors of registries, and the lab's for all whose images it has. */
export function labRegistryMirrors(
  lab: string,
  mirrors: Cluster["containerd"]["mirrors"],
): Readonly<Record<string, readonly string[]>> {
  const { address, registries } = JSON.parse(readFileSync(files(lab).record, "utf8")) as MirrorRecord;
  return { ...Object.fromEntries(registries.map((registry) => [registry, [`https://${address}`]])), ...mirrors };
}
