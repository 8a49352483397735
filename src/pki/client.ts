import type { X509Certificate } from "node:crypto";
import { TripodError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { openCertificate } from "./certificate.ts";
import { openKey } from "./keys.ts";

/** What a client of a TLS server needs, all PEM. */
export interface ClientCredentials {
  /** Those whom it believes: one authority, or several while one takes over from another. */
  readonly authorities: string;
  /** Its own certificate, with those that lead to the authority after it. */
  readonly certificate: string;
  readonly key: Secret;
}

/**
 * Opens each part and writes it anew, so that nothing but certificates and a key is left of what was given.
 * @throws TripodError E_REFUSED where one is not what it should be, or the key is not the certificate's
 */
export function clientCredentials(given: ClientCredentials): ClientCredentials {
  const authorities = certificates(given.authorities);
  if (!authorities.every(({ ca }) => ca)) throw refused("what should be an authority's certificate is another's");
  const chain = certificates(given.certificate);
  const key = openKey(given.key);
  if (!chain[0]?.checkPrivateKey(key)) throw refused("the private key does not belong to the certificate");
  const pem = key.export({ type: "pkcs8", format: "pem" }).toString();
  return { authorities: authorities.join(""), certificate: chain.join(""), key: new Secret(pem) };
}

const BLOCK = /-----BEGIN CERTIFICATE-----[\w+/=\s]*-----END CERTIFICATE-----/g;

function certificates(pem: string): X509Certificate[] {
  // Without any, the whole is opened for the sake of its error.
  return (pem.match(BLOCK) ?? [pem]).map(openCertificate);
}

function refused(message: string): TripodError {
  return new TripodError("E_REFUSED", message);
}
