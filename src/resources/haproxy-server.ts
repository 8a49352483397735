import type { Host } from "../host.ts";
import { DOMAIN_PATTERN } from "../inventory/scalars.ts";
import { API_SERVER_MANIFEST, API_SERVER_PORT } from "../layout.ts";
import { command } from "./command.ts";
import { defineResource, type Working } from "./resource.ts";

/** haproxy's admin socket; only root on the same host can use it. */
const SOCKET = "/var/lib/haproxy/tripod.sock";
const BACKEND = "api-servers";

/** In `show servers state` (haproxy's management guide, 9.3): an administrator has set the server to drain. */
const FORCED_DRAIN = 0x08;

function admin(text: string): string {
  return `echo '${text}' | socat -t 2 stdio UNIX-CONNECT:${SOCKET}`;
}

/**
 * Runs work during which no haproxy gives new connections to a master's API server; its existing ones continue. It is back in rotation
 * once it is ready again. If Tripod dies in between, the next run puts it back (`haproxyServers`).
 */
export async function outOfRotation<T>(
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
          `[ ! -e ${SOCKET} ] || ${admin(`set server ${BACKEND}/${host.name} state ${state}`)} >/dev/null`,
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
          `[ ! -f ${API_SERVER_MANIFEST} ] || curl -sfk --max-time 3 -o /dev/null https://127.0.0.1:${API_SERVER_PORT}/readyz`,
        );
        return code === 0 || "its /readyz does not return 200";
      },
    });
    return result;
  } finally {
    await setTo("ready");
  }
}

/** Every API server is in rotation in this master's haproxy: none was left drained. */
export const haproxyServers = defineResource<Record<string, never>, readonly string[]>({
  kind: "haproxy-servers",
  name: () => BACKEND,
  async read(host) {
    const { stdout } = await host.read(`[ -e ${SOCKET} ] && ${admin(`show servers state ${BACKEND}`)}; true`);
    return (
      stdout
        .split("\n")
        .map((line) => line.split(" "))
        .filter((fields) => fields[1] === BACKEND && (Number(fields[6]) & FORCED_DRAIN) !== 0)
        .map((fields) => fields[3] ?? "")
        // The names go into a command that runs as root, and haproxy is not root: only valid machine names are accepted.
        .filter((name) => DOMAIN_PATTERN.test(name))
    );
  },
  diff: (_, drained) => drained.map((name) => ({ field: name, from: "out of rotation", to: "in rotation" })),
  async apply(host, _, drained) {
    await command(host, drained.map((name) => admin(`set server ${BACKEND}/${name} state ready`)).join(" &&\n"));
  },
});
