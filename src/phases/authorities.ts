import { createHash } from "node:crypto";
import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import type { Authority } from "../pki/authority.ts";
import type { AuthorityFiles, PkiFile } from "../pki/files.ts";
import { createServiceAccountKeys, type ServiceAccountKeys, serviceAccountFiles } from "../pki/kubernetes.ts";
import { readPkiFile } from "../resources/certificate.ts";
import type { Secret } from "../secret.ts";
import type { Context } from "./phase.ts";

/** Whether nobody carries it yet, and it was made just now: in a plan, another one than an apply will make. */
export interface Made {
  readonly made: boolean;
}

/**
 * The authority that the masters already carry, or a new one. The machines are the state: any master that has the whole pair
 * speaks for all.
 * @throws TripodError E_REFUSED where masters carry different authorities, or one has a certificate and nobody its key
 */
export function authority(
  context: Context,
  files: AuthorityFiles,
  create: (now: Date) => Promise<Authority>,
): Promise<Authority & Made> {
  return context.once(`authority ${files.certificate.path}`, async () => {
    const carried = await carriedBy(context.masters, files.certificate, files.key);
    if (carried) return { certificate: carried.open.reveal(), key: carried.secret, made: false };
    return { ...(await create(new Date())), made: true };
  });
}

/** What service account tokens are signed with; the same on all masters. */
export function serviceAccountKeys(context: Context): Promise<ServiceAccountKeys & Made> {
  return context.once("service account keys", async () => {
    const carried = await carriedBy(context.masters, serviceAccountFiles.publicKey, serviceAccountFiles.key);
    if (carried) return { key: carried.secret, publicKey: carried.open.reveal(), made: false };
    return { ...(await createServiceAccountKeys()), made: true };
  });
}

interface Carried {
  readonly master: Host;
  readonly open: Secret;
  readonly secret: Secret;
}

async function carriedBy(masters: readonly Host[], open: PkiFile, secret: PkiFile): Promise<Carried | undefined> {
  const found = await Promise.all(
    masters.map(async (master) => {
      const [openFile, secretFile] = await Promise.all([readPkiFile(master, open), readPkiFile(master, secret)]);
      return { master, open: openFile?.text, secret: secretFile?.text };
    }),
  );
  const whole = found.filter((each): each is Carried => each.open !== undefined && each.secret !== undefined);
  const [first] = whole;
  const lone = found.find((each) => each.open && (!first || each.open.reveal() !== first.open.reveal()));
  if (lone?.open)
    throw first
      ? different(open.path, first, { master: lone.master, open: lone.open })
      : keyMissing(secret.path, lone.master);
  return first;
}

function different(path: string, one: Carried, other: { master: Host; open: Secret }): TripodError {
  const fingerprint = (text: Secret) => createHash("sha256").update(text.reveal()).digest("hex").slice(0, 16);
  return new TripodError("E_REFUSED", `${path} on ${other.master.name} is not the one on ${one.master.name}`, {
    host: other.master.name,
    origin: other.master.machine.origin,
    why: `${one.master.name}: ${fingerprint(one.open)}…\n${other.master.name}: ${fingerprint(other.open)}…`,
    hint: `a machine that belonged to another cluster must be emptied before it can serve in this one; look which of the two is right`,
  });
}

function keyMissing(path: string, master: Host): TripodError {
  return new TripodError("E_REFUSED", `${path} is on no master, but its certificate is on ${master.name}`, {
    host: master.name,
    origin: master.machine.origin,
    hint: `put the key back at ${path} (root, 0600) on one master, or, if there never was a cluster, delete the certificate there`,
  });
}
