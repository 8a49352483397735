import { createHash } from "node:crypto";
import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { type Authority, createAuthority } from "../pki/authority.ts";
import { etcdAuthority } from "../pki/etcd.ts";
import type { AuthorityFiles, PkiFile } from "../pki/files.ts";
import { createKubernetesAuthority, createServiceAccountKeys, serviceAccountFiles } from "../pki/kubernetes.ts";
import { quote } from "../remote/shell.ts";
import { readPkiFile } from "../resources/certificate.ts";
import type { KeptSecret, Secret } from "../secret.ts";
import { type Context, onceKey } from "./phase.ts";

/** Validity of etcd's own authority, days: ten years, as kubeadm's authorities have. */
const AUTHORITY_DAYS = 3650;

const SERVICE_ACCOUNT_KEYS = onceKey<KeptServiceAccountKeys>("service account keys");

/** A signing key pair: the public half as text, and the private key, which stays on the master that has it until something is signed. */
interface Kept {
  readonly key: Secret | KeptSecret;
  /** No master has it yet, and it was generated in this run: the apply generates another one than the plan did. */
  readonly made: boolean;
}

export interface KeptAuthority extends Kept {
  readonly certificate: string;
}

export interface KeptServiceAccountKeys extends Kept {
  readonly publicKey: string;
}

/**
 * The authority that the masters already have, or a new one. The machines are the state: a complete pair on any master is the
 * cluster's.
 * @throws TripodError E_REFUSED where masters have different authorities, or one has a certificate and no master its key
 * @internal exported for its test
 */
export function authority(
  context: Context,
  files: AuthorityFiles,
  create: (now: Date) => Promise<Authority>,
): Promise<KeptAuthority> {
  return context.once(onceKey<KeptAuthority>(`authority ${files.certificate.path}`), async () => {
    const pair = await existingPair(context, files.certificate, files.key);
    if (pair) return { certificate: pair.publicHalf.reveal(), key: pair.key, made: false };
    return { ...(await create(new Date())), made: true };
  });
}

export function etcdAuthorityOf(context: Context): Promise<KeptAuthority> {
  const { commonName } = etcdAuthority;
  return authority(context, etcdAuthority, (now) =>
    createAuthority({ commonName, keys: context.cluster.etcd.keys, validityDays: AUTHORITY_DAYS }, now),
  );
}

export function kubernetesAuthorityOf(context: Context, files: AuthorityFiles): Promise<KeptAuthority> {
  return authority(context, files, (now) => createKubernetesAuthority(files, now));
}

/** The key pair that signs service account tokens; the same on all masters. */
export function serviceAccountKeys(context: Context): Promise<KeptServiceAccountKeys> {
  return context.once(SERVICE_ACCOUNT_KEYS, async () => {
    const pair = await existingPair(context, serviceAccountFiles.publicKey, serviceAccountFiles.key);
    if (pair) return { key: pair.key, publicKey: pair.publicHalf.reveal(), made: false };
    return { ...(await createServiceAccountKeys()), made: true };
  });
}

interface ExistingPair {
  readonly master: Host;
  /** The certificate or the public key. */
  readonly publicHalf: Secret;
  readonly key: KeptSecret;
}

async function existingPair(
  context: Context,
  publicFile: PkiFile,
  keyFile: PkiFile,
): Promise<ExistingPair | undefined> {
  const found = await Promise.all(
    context.masters.map(async (master) => {
      const [read, key] = await Promise.all([readPkiFile(master, publicFile), keptSecret(context, master, keyFile)]);
      return { master, publicHalf: read?.text, key };
    }),
  );
  const [first] = found.filter((each): each is ExistingPair => each.publicHalf !== undefined && each.key !== undefined);
  const other = found.find((each) => each.publicHalf && each.publicHalf.reveal() !== first?.publicHalf.reveal());
  if (other?.publicHalf)
    throw first
      ? different(publicFile.path, first, { master: other.master, publicHalf: other.publicHalf })
      : keyMissing(keyFile.path, other.master);
  return first;
}

/** The key, identified by a digest that is computed on the master; the key itself is fetched at most once a run. */
async function keptSecret({ once }: Context, master: Host, file: PkiFile): Promise<KeptSecret | undefined> {
  const { stdout } = await master.read(`f=${quote(file.path)}; [ -f "$f" ] && sha256sum <"$f"`);
  const sha256 = /^[0-9a-f]{64}\b/.exec(stdout)?.[0];
  if (sha256 === undefined) return undefined;
  const open = () =>
    once(onceKey<Secret>(`${file.path} of ${master.name}`), async () => {
      const text = (await readPkiFile(master, file))?.text;
      if (text && digestOf(text) === sha256) return text;
      throw new TripodError("E_REFUSED", `${file.path} was changed during the run`, {
        host: master.name,
        origin: master.machine.origin,
        hint: "find out what changed it, then run the same command again",
      });
    });
  return { sha256, from: master.name, open };
}

function digestOf(text: Secret): string {
  return createHash("sha256").update(text.reveal()).digest("hex");
}

function different(path: string, one: ExistingPair, other: Omit<ExistingPair, "key">): TripodError {
  const fingerprint = (text: Secret) => digestOf(text).slice(0, 16);
  return new TripodError("E_REFUSED", `${path} on ${other.master.name} differs from the one on ${one.master.name}`, {
    host: other.master.name,
    origin: other.master.machine.origin,
    why: `${one.master.name}: ${fingerprint(one.publicHalf)}…\n${other.master.name}: ${fingerprint(other.publicHalf)}…`,
    hint: "find out which of the two is right; if the other machine belonged to another cluster, reset it (`kubeadm reset`, and move its data away)",
  });
}

function keyMissing(path: string, master: Host): TripodError {
  return new TripodError("E_REFUSED", `no master has ${path}, but ${master.name} has its certificate`, {
    host: master.name,
    origin: master.machine.origin,
    hint: `restore the key at ${path} (root, 0600) on one master, or, if there was never a cluster, delete the certificate on ${master.name}`,
  });
}
