import { X509Certificate } from "node:crypto";
import type { Host } from "../host.ts";
import { kubeletJournal } from "../resources/journal.ts";
import { KUBELET_CERTIFICATE } from "../resources/kubelet-certificate.ts";

/** Why nothing is heard from the kubelet of a host, asked there; undefined where the host has nothing to say of it. */
export async function kubeletTrouble(host: Host): Promise<string | undefined> {
  const { stdout } = await host.read(
    `date +%s; systemctl is-active kubelet.service; ${KUBELET_CERTIFICATE}; echo journal; ${kubeletJournal.script}`,
  );
  const [, now = "", state = "", pem = "", journal = ""] =
    /^(\d+)\n(\S*)\n([^]*?\n|)journal\n([^]*)/.exec(stdout) ?? [];
  const expired = expiry(pem, Number(now) * 1000);
  if (expired !== undefined)
    return `the client certificate of its kubelet expired on ${expired}: docs/health.md says how it gets another`;
  const said = kubeletJournal.reason(journal);
  if (state === "active") return said && `its kubelet runs, and says: ${said}`;
  return state && `its kubelet is ${state}${said ? `: ${said}` : ""}`;
}

/** The last day of a certificate that is past it, as `2026-01-01`. */
function expiry(pem: string, now: number): string | undefined {
  try {
    const until = new Date(new X509Certificate(pem).validTo);
    return until.getTime() < now ? until.toISOString().slice(0, 10) : undefined;
  } catch {
    return undefined;
  }
}
