import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { TripodError } from "../errors.ts";
import { Secret } from "../secret.ts";

export type KeyAlgorithm = "ecdsa-p256" | "rsa-2048";

const generate = promisify(generateKeyPair);

/**
 * Generates a private key, off the main thread (RSA takes long enough to delay a connection's keepalive). PEM in the form that kubeadm
 * writes itself: `EC PRIVATE KEY` (SEC1) or `RSA PRIVATE KEY` (PKCS#1), as client-go's keyutil.MarshalPrivateKeyToPEM does.
 */
export async function generateKey(algorithm: KeyAlgorithm): Promise<Secret> {
  if (algorithm === "rsa-2048") {
    const { privateKey } = await generate("rsa", { modulusLength: 2048 });
    return new Secret(privateKey.export({ type: "pkcs1", format: "pem" }).toString());
  }
  const { privateKey } = await generate("ec", { namedCurve: "P-256" });
  return new Secret(privateKey.export({ type: "sec1", format: "pem" }).toString());
}

/** Parses a private key, to sign with it or to compare it. Throws E_REFUSED when it cannot be parsed. */
export function openKey(key: Secret): KeyObject {
  try {
    return createPrivateKey(key.reveal());
  } catch (cause) {
    throw new TripodError("E_REFUSED", "the private key is not valid PEM", {
      cause,
      hint: "restore the key in PEM, not encrypted, which begins with -----BEGIN … PRIVATE KEY-----",
    });
  }
}

/** The public half as a `PUBLIC KEY` PEM, the form of kubeadm's sa.pub. */
export function publicHalf(key: Secret): string {
  return createPublicKey(openKey(key)).export({ type: "spki", format: "pem" }).toString();
}

/** `ecdsa-p256` and `rsa-2048` as KeyAlgorithm has them; other keys in the same form, for a message. */
export function algorithmOf(key: KeyObject): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa" && modulusLength) return `rsa-${modulusLength}`;
  if (key.asymmetricKeyType === "ec" && namedCurve) return `ecdsa-${namedCurve === "prime256v1" ? "p256" : namedCurve}`;
  return key.asymmetricKeyType ?? "unknown";
}
