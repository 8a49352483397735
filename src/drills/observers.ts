import { ETCD_CLIENT_PORT } from "../layout.ts";
import type { SecureContext } from "node:tls";
import { parseAddresses } from "../facts/network.ts";
import type { Host } from "../host.ts";
import { sendRequest, dialFromHost, NoAnswer } from "./client.ts";
import { every, now } from "./clock.ts";
import type { DrillSink } from "./events.ts";

/** How often etcd members are asked, and lost masters are connected to again, ms. */
const INTERVAL = 250;
const TIMEOUT = 1000;

export interface VipObserver {
  /** This master was switched off: it does not hold the VIP, whatever it reported last. */
  readonly poweredOff: (name: string) => void;
  readonly over: Promise<unknown>;
}

/** Emits when a master takes or releases the VIP, as `ip monitor` reports it there. Masters that do not answer are tried again. */
export function observeVip(masters: readonly Host[], vip: string, sink: DrillSink, signal: AbortSignal): VipObserver {
  const held = new Set<string>();
  const emit = (host: string, holds: boolean) => {
    if (holds === held.has(host) || signal.aborted) return;
    if (holds) held.add(host);
    else held.delete(host);
    sink({ type: "vip", at: now(), host, held: holds });
  };

  async function listen({ name, connection }: Host): Promise<void> {
    let read = 0;
    await connection.run("ip -o -4 addr show; exec ip -o -4 monitor address", {
      signal,
      listen(text) {
        const lines = text.slice(read).split("\n");
        read = text.length - (lines.pop() ?? "").length;
        for (const line of lines)
          if (parseAddresses(line.replace(/^Deleted /, "")).some(({ address }) => address === vip))
            emit(name, !line.startsWith("Deleted "));
      },
    });
  }

  const over = Promise.all(
    masters.map((master) => {
      let listening = false;
      return every(INTERVAL, signal, () => {
        if (listening) return;
        listening = true;
        void listen(master)
          // A VIP on a master that does not answer cannot be reached by clients either.
          .catch(() => undefined)
          .then(() => {
            emit(master.name, false);
            listening = false;
          });
      });
    }),
  );
  return { poweredOff: (name) => emit(name, false), over };
}

interface MemberStatus {
  readonly header?: { readonly member_id: string; readonly raft_term: string };
  readonly leader?: string;
}

/** Emits the status of each etcd member whenever it changes. The connections are opened by the member's own host. */
export async function observeEtcd(
  masters: readonly Host[],
  tls: SecureContext,
  sink: DrillSink,
  signal: AbortSignal,
): Promise<void> {
  const ids = new Map<string, string>();
  await Promise.all(
    masters.map(async (master) => {
      const endpoint = { dial: dialFromHost(master.connection), host: "127.0.0.1", port: ETCD_CLIENT_PORT, tls };
      let last = "";
      let asking = false;
      const readMember = async () => {
        const { status, body } = await sendRequest(
          endpoint,
          { method: "POST", path: "/v3/maintenance/status", body: {} },
          AbortSignal.timeout(TIMEOUT),
        );
        if (status !== 200) throw new NoAnswer(String(status));
        const { header, leader } = JSON.parse(body) as MemberStatus;
        if (header) ids.set(header.member_id, master.name);
        const name = leader === undefined || leader === "0" ? undefined : ids.get(leader);
        return { healthy: leader !== undefined && leader !== "0", leader: name, term: Number(header?.raft_term) };
      };
      await every(INTERVAL, signal, () => {
        if (asking) return;
        asking = true;
        void readMember()
          .catch(() => ({ healthy: false, leader: undefined, term: undefined }))
          .then(({ healthy, leader, term }) => {
            asking = false;
            const current = JSON.stringify([healthy, leader, term]);
            if (current === last || signal.aborted) return;
            last = current;
            sink({
              type: "etcd",
              at: now(),
              host: master.name,
              healthy,
              ...(leader !== undefined && { leader }),
              ...(term !== undefined && { term }),
            });
          });
      });
    }),
  );
}
