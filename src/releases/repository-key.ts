import { TripodError } from "../errors.ts";
import { type Access, fetchFailure, fetchSmall } from "../https.ts";
import { parsePublicKey, type PublicKey } from "./openpgp.ts";

/** Kubernetes' own package repositories, one for each minor: https://kubernetes.io/blog/2023/08/15/pkgs-k8s-io-introduction/ */
export const PACKAGES_SITE = "https://pkgs.k8s.io";

/**
 * The key of `isv:kubernetes OBS Project <isv:kubernetes@build.opensuse.org>`, which signs them; its lifetime is prolonged from time to time,
 * and its fingerprint stays. Seen at https://github.com/kubernetes/kubernetes/issues/128609 (gpg's own output) and
 * https://github.com/puppetlabs/puppetlabs-kubernetes/pull/657.
 */
export const PACKAGES_KEY = "DE15B14486CD377B9E876E1A234654DA9A296436";

/**
 * A repository's signing key, fetched to the operator's machine over TLS and accepted by its fingerprint only.
 * @param fingerprint 40 hex digits, with or without spaces
 * @returns the key, armored
 * @throws TripodError E_LOCAL where it cannot be fetched, E_REFUSED where it is another key
 */
export async function repositoryKey(url: string, fingerprint: string, access: Access): Promise<string> {
  const key = parsed(url, await fetched(url, access));
  const wanted = bareFingerprint(fingerprint);
  if (key.fingerprint === wanted) return key.armored;
  throw new TripodError("E_REFUSED", `the key of the package repository ${url} is another one`, {
    why: `wanted:  ${wanted}\nfetched: ${key.fingerprint}`,
    hint: "somebody on the way may have replaced it: do not use it. If the repository is your own, or its owners have published a new key, set `software.packageRepository.fingerprint`",
  });
}

/** Without spaces, in upper case. */
export function bareFingerprint(text: string): string {
  return text.replaceAll(" ", "").toUpperCase();
}

async function fetched(url: string, access: Access): Promise<string> {
  try {
    return (await fetchSmall(url, access)).toString("latin1");
  } catch (cause) {
    access.signal.throwIfAborted();
    throw new TripodError("E_LOCAL", `cannot fetch ${url}, the key of Kubernetes' package repository`, {
      why: fetchFailure(cause),
      hint: "check this machine's way to the internet, or name a mirror under `software.packageRepository`, or let Kubernetes come from elsewhere with `software.from`",
      cause,
    });
  }
}

function parsed(url: string, text: string): PublicKey {
  try {
    return parsePublicKey(text);
  } catch (cause) {
    throw new TripodError("E_REFUSED", `${url} is not the public key of a package repository`, {
      why: cause instanceof Error ? cause.message : String(cause),
      hint: "check `software.packageRepository`: its mirror must have the layout of https://pkgs.k8s.io",
      cause,
    });
  }
}
