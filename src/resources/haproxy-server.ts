import type { Host } from "../host.ts";
import { DOMAIN_PATTERN } from "../inventory/scalars.ts";
import { command } from "./command.ts";
import { defineResource, type Working } from "./resource.ts";

/** haproxy's own door for its administrator; it speaks to root on the same host alone. */
const SOCKET = "/var/lib/haproxy/tripod.sock";
const BACKEND = "api-servers";

/** In `show servers state` (haproxy's management guide, 9.3): somebody has set the server to drain. */
const FORCED_DRAIN = 0x08;

function tell(words: string): string {
  return `echo '${words}' | socat -t 2 stdio UNIX-CONNECT:${SOCKET}`;
}

/**
 * Runs work during which a master's API server is given no new connections by any haproxy; those it has go on. It gets its turn back
 * once it is ready again. Where we die in between, the next run finds it (`haproxyServers`).
 */
export async function outOfTurn<T>(
  host: Host,
  masters: readonly Host[],
  working: Working,
  work: () => Promise<T>,
): Promise<T> {
  const setTo = (state: "drain" | "ready") =>
    Promise.all(
      masters.map((master) =>
        command(
          master,
          `[ ! -e ${SOCKET} ] || ${tell(`set server ${BACKEND}/${host.name} state ${state}`)} >/dev/null`,
        ),
      ),
    );
  await setTo("drain");
  try {
    const result = await work();
    await working.wait({
      title: `the API server on ${host.name} is ready again`,
      within: 60_000,
      async holds() {
        const { code } = await host.read(
          "[ ! -f /etc/kubernetes/manifests/kube-apiserver.yaml ] || curl -sfk --max-time 3 -o /dev/null https://127.0.0.1:6443/readyz",
        );
        return code === 0 || "its /readyz does not say so";
      },
    });
    return result;
  } finally {
    await setTo("ready");
  }
}

/** Every API server has its turn in this master's haproxy: nobody has left one drained. */
export const haproxyServers = defineResource<Record<string, never>, readonly string[]>({
  kind: "haproxy-servers",
  name: () => BACKEND,
  async read(host) {
    const { stdout } = await host.read(`[ -e ${SOCKET} ] && ${tell(`show servers state ${BACKEND}`)}; true`);
    return (
      stdout
        .split("\n")
        .map((line) => line.split(" "))
        .filter((fields) => fields[1] === BACKEND && (Number(fields[6]) & FORCED_DRAIN) !== 0)
        .map((fields) => fields[3] ?? "")
        // They go back into a command of root's, and haproxy is not root: what is no machine's name is none of ours.
        .filter((name) => DOMAIN_PATTERN.test(name))
    );
  },
  diff: (_, drained) => drained.map((name) => ({ field: name, from: "out of turn", to: "in turn" })),
  async apply(host, _, drained) {
    await command(host, drained.map((name) => tell(`set server ${BACKEND}/${name} state ready`)).join(" &&\n"));
  },
});
