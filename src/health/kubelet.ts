import { X509Certificate } from "node:crypto";
import type { Host } from "../host.ts";
import { kubeletJournal } from "../resources/journal.ts";
import { KUBELET_CERTIFICATE } from "../resources/kubelet-certificate.ts";

/** Why the kubelet of a host does not renew its Lease, read on that host; undefined where the host gives no reason. */
export async function kubeletProblem(host: Host): Promise<string | undefined> {
  const { stdout } = await host.read(
    `date +%s; systemctl is-active kubelet.service; ${KUBELET_CERTIFICATE}; echo journal; ${kubeletJournal.script}`,
  );
  const [, now = "", state = "", pem = "", journal = ""] =
    /^(\d+)\n(\S*)\n([^]*?\n|)journal\n([^]*)/.exec(stdout) ?? [];
  const expired = expiry(pem, Number(now) * 1000);
  if (expired !== undefined)
    return `the client certificate of its kubelet expired on ${expired}: see docs/health.md for how to replace it`;
  const logged = kubeletJournal.reason(journal);
  if (state === "active") return logged && `its kubelet runs, and logs: ${logged}`;
  return state && `its kubelet is ${state}${logged ? `: ${logged}` : ""}`;
}

/** The last day of an expired certificate, as `2026-01-01`. */
function expiry(pem: string, now: number): string | undefined {
  try {
    const until = new Date(new X509Certificate(pem).validTo);
    return until.getTime() < now ? until.toISOString().slice(0, 10) : undefined;
  } catch {
    return undefined;
  }
}
