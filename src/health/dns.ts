import type { Host } from "../host.ts";
import { formatAddress, parseSubnet } from "../inventory/addresses.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { lastLine } from "../last-lines.ts";
import type { Condition } from "../condition.ts";
import { kubectl } from "../resources/kubectl.ts";
import { quote } from "../remote/shell.ts";

/**
 * Whether the cluster's DNS answers a host of the cluster through its Service: `true`, or what is wrong. Undefined where the cluster has no
 * Deployment `coredns`, which is kubeadm's. The query goes over TCP, which bash supports; where there is no bash, the status of the
 * Deployment counts.
 */
export async function readDns(master: Host, { kubernetes }: Cluster): Promise<true | string | undefined> {
  const { serviceSubnet, dnsDomain } = kubernetes;
  const name = `kubernetes.default.svc.${dnsDomain}`;
  const address = dnsAddress(serviceSubnet);
  const replicas = "jsonpath='{.spec.replicas} {.status.availableReplicas}'";
  const { code, stdout, stderr } = await master.read(
    `d=$(${kubectl(master, `get deployment coredns -n kube-system --ignore-not-found -o ${replicas}`)}) || exit
[ "$d" ] || exit 0
echo "$d"
if command -v bash >/dev/null; then ${question(address, name)}; else echo "no bash"; fi; true`,
  );
  if (code !== 0) return lastLine(stderr, "the API server does not answer");
  const [deployment = "", answer] = stdout.split("\n");
  if (deployment.trim() === "") return undefined;
  const bytes = (answer ?? "").trim().split(/\s+/).map(Number);
  // RFC 1035, 4.1.1, after the two bytes of the length: the last four bits of the flags, and the number of answers.
  const [failure, answers] = [(bytes[5] ?? 0) & 15, (bytes[8] ?? 0) * 256 + (bytes[9] ?? 0)];
  if (bytes.length >= 14)
    return (failure === 0 && answers > 0) || `it does not resolve ${name} (DNS response code ${failure})`;
  const [wanted = "", available = "0"] = deployment.trim().split(" ");
  if (Number(available) === 0) return `0 of ${wanted} pods of coredns are available`;
  return answer === "no bash" || `no answer at ${address}`;
}

/** kubeadm gives the Service `kube-dns` the tenth address of the services' subnet. */
function dnsAddress(serviceSubnet: string): string {
  return formatAddress((parseSubnet(serviceSubnet)?.first ?? 0) + 10);
}

/** A command that queries the A record of a name, and prints the first 14 bytes of the answer as numbers on a line. */
function question(address: string, name: string): string {
  const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)]);
  // An id, "recursion desired", one question; then the name, type A, class IN.
  const message = [0x54, 0x50, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1];
  const bytes = [message.length >> 8, message.length & 255, ...message];
  const octal = bytes.map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
  const script = `exec 3<>/dev/tcp/${address}/53 && printf '${octal}' >&3 && head -c 14 <&3 | od -An -v -tu1`;
  return `timeout 3 bash -c ${quote(script)} 2>/dev/null`;
}

/** The cluster's DNS answers, where kubeadm has installed one. @param within deadline, ms */
export function dnsAnswers(leader: Host, cluster: Cluster, within = 180_000): Condition {
  return {
    title: "the cluster's DNS answers",
    within,
    holds: async () => (await readDns(leader, cluster)) ?? true,
  };
}
