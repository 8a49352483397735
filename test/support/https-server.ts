import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { createAuthority, issue } from "../../src/pki/authority.ts";

const now = new Date();
const lasting = { keys: "ecdsa-p256", validityDays: 2 } as const;
const authority = await createAuthority({ commonName: "mirror", ...lasting }, now);
const server = await issue(
  authority,
  { commonName: "m", sans: ["127.0.0.1"], usages: ["serverAuth"], ...lasting },
  now,
);

/** The authority of these servers, PEM. */
export const ca = authority.certificate;

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on this machine, with a certificate of its own, until the test is over. @returns its origin */
export async function httpsServer(answer: Answer): Promise<string> {
  const listening = createServer({ cert: server.certificate, key: server.key.reveal() }, answer);
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  return `https://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}
