import type { Host } from "../host.ts";
import { issue } from "../pki/authority.ts";
import type { CertificateFiles, PkiFile } from "../pki/files.ts";
import { type CurrentPair, reasonsToReissue } from "../pki/reissue.ts";
import { type FileContent, putFiles } from "../remote/files.ts";
import { quote } from "../remote/shell.ts";
import { atHand, type KeptSecret, Secret } from "../secret.ts";
import { type Change, defineResource } from "./resource.ts";

export interface CertificateArgs {
  readonly files: CertificateFiles;
  /** Its key may be on another machine: it is fetched only where something is signed. */
  readonly authority: { readonly certificate: string; readonly key: Secret | KeptSecret };
  /** days */
  readonly renewBefore: number;
}

interface CertificateState {
  readonly pair: CurrentPair;
  /** `stat`'s `mode owner:group` of certificate and key, where they exist. */
  readonly modes: readonly [string, string];
}

/** A certificate and its key, signed by this authority; issued again only for a reason, which the plan shows. */
export const certificate = defineResource<CertificateArgs, CertificateState>({
  kind: "certificate",
  name: ({ files }) => files.certificate.path,
  writes: ({ files }) => [files.certificate.path, files.key.path],
  async read(host, { files }) {
    const [certificateFile, keyFile] = await Promise.all([
      readPkiFile(host, files.certificate),
      readPkiFile(host, files.key),
    ]);
    return {
      pair: {
        ...(certificateFile && { certificate: certificateFile.text.reveal() }),
        ...(keyFile && { key: keyFile.text }),
      },
      modes: [certificateFile?.mode ?? "", keyFile?.mode ?? ""],
    };
  },
  diff({ files, authority, renewBefore }, { pair, modes }) {
    const reasons = reasonsToReissue(pair, files.request, authority.certificate, new Date(), renewBefore);
    if (reasons.length > 0) return [{ field: "certificate", from: reasons.join("; "), to: describe(files) }];
    return [files.certificate, files.key].flatMap((wanted, index): Change[] => {
      const found = modes[index] ?? "";
      return found === modeOf(wanted) ? [] : [{ field: `mode of ${wanted.path}`, from: found, to: modeOf(wanted) }];
    });
  },
  apply: async (host, args, state) => putFiles(host.connection, await toWrite(args, state)),
  async applyAll(host, parts) {
    const files = await Promise.all(parts.map(({ args, state }) => toWrite(args, state)));
    await putFiles(host.connection, files.flat());
  },
});

/** A new pair, or the old one where only its modes are wrong. The key first: where the certificate exists, its key exists too. */
async function toWrite(
  { files, authority, renewBefore }: CertificateArgs,
  { pair }: CertificateState,
): Promise<FileContent[]> {
  const { certificate: text, key } = pair;
  const now = new Date();
  const keep = reasonsToReissue(pair, files.request, authority.certificate, now, renewBefore).length === 0;
  const signer = async () => ({ certificate: authority.certificate, key: await atHand(authority.key) });
  const made = keep && text && key ? { certificate: text, key } : await issue(await signer(), files.request, now);
  return [
    { ...files.key, content: made.key },
    { ...files.certificate, content: made.certificate },
  ];
}

/** A file of the PKI with its mode, or undefined where there is none. Certificates are returned as secrets too: it costs nothing. */
export async function readPkiFile(host: Host, { path }: PkiFile): Promise<{ text: Secret; mode: string } | undefined> {
  const { code, stdout } = await host.read(`f=${quote(path)}; [ -f "$f" ] && stat -c '%a %U:%G' "$f" && cat "$f"`);
  if (code !== 0) return undefined;
  const cut = stdout.indexOf("\n");
  return { mode: stdout.slice(0, cut), text: new Secret(stdout.slice(cut + 1)) };
}

function modeOf({ mode, owner, group }: PkiFile): string {
  return `${mode.toString(8)} ${owner}:${group}`;
}

function describe({ request }: CertificateFiles): string {
  const sans = request.sans.length > 0 ? `, for ${request.sans.join(", ")}` : "";
  return `CN=${request.commonName} (${request.usages.join(", ")}; ${request.keys}; ${request.validityDays} days${sans})`;
}
