import type { X509Certificate } from "node:crypto";
import { TripodError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { openCertificate } from "./certificate.ts";
import { openKey } from "./keys.ts";

/** What a TLS client needs, all PEM. */
export interface ClientCredentials {
  /** The authorities that it trusts: one, or several while one replaces another. */
  readonly authorities: string;
  /** Its own certificate, followed by the intermediate ones up to the authority. */
  readonly certificate: string;
  readonly key: Secret;
}

/**
 * Parses each part and writes it again, so that the result contains nothing but certificates and a key.
 * @throws TripodError E_REFUSED where a part is not valid, or the key does not belong to the certificate
 */
export function clientCredentials(given: ClientCredentials): ClientCredentials {
  const authorities = certificates(given.authorities);
  if (!authorities.every(({ ca }) => ca)) throw refused("the authority's certificate is not a CA certificate");
  const chain = certificates(given.certificate);
  const key = openKey(given.key);
  if (!chain[0]?.checkPrivateKey(key)) throw refused("the private key does not belong to the certificate");
  const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
  return { authorities: authorities.join(""), certificate: chain.join(""), key: new Secret(pem) };
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\w+/=\s]*-----END CERTIFICATE-----/g;

function certificates(pem: string): X509Certificate[] {
  // Without any block the whole text is parsed, for its error.
  return (pem.match(BLOCK) ?? [pem]).map(openCertificate);
}

function refused(message: string): TripodError {
  return new TripodError("E_REFUSED", message, {
    hint: "check /etc/kubernetes/admin.conf on the masters: `tripod apply -i FILE` repairs it",
  });
}
