import { type Access, HttpError } from "../https.ts";
import type { ImageReference } from "./reference.ts";
import { tokenFor } from "./token.ts";

/** One repository at one place: the registry itself, or a mirror of it. */
export interface Repository {
  /** `https://registry.k8s.io/v2/pause/`; `manifests/TAG` and `blobs/DIGEST` are below it. */
  readonly url: string;
  /** What a mirror needs to know which registry it answers for: `?ns=registry.k8s.io`, as containerd asks it. */
  readonly query: string;
  readonly name: string;
  /** By origin: the place's own, and those of the servers to which it redirects. */
  readonly tokens: Map<string, string>;
}

/** Docker's registry has another host than its images' names. */
const HOSTS: Readonly<Record<string, string>> = { "docker.io": "registry-1.docker.io" };

/** Where an image can be had, in the order of containerd: the mirrors, then the registry itself. */
export function placesOf(image: ImageReference, mirrors: readonly string[]): Repository[] {
  const { registry, repository: name } = image;
  const below = (base: string) => `${base.replace(/\/+$/, "").replace(/\/v2$/, "")}/v2/${name}/`;
  const place = (base: string, query: string) => ({ url: below(base), query, name, tokens: new Map<string, string>() });
  const ofMirror = `?ns=${encodeURIComponent(registry)}`;
  return [...mirrors.map((mirror) => place(mirror, ofMirror)), place(`https://${HOSTS[registry] ?? registry}`, "")];
}

/** As many servers may ask for a token on the way to one answer. */
const ASKED = 3;

/** Calls `work` with a URL below a repository, and again with a token whenever a server on the way asks for one, or for a newer one. */
export async function authorized<T>(
  place: Repository,
  path: string,
  access: Access,
  work: (url: string, access: Access) => Promise<T>,
): Promise<T> {
  const url = `${place.url}${path}${place.query}`;
  if (!url.startsWith("https://")) throw new Error(`${new URL(url).origin} is not https`);
  for (let asked = 0; ; asked += 1) {
    try {
      return await work(url, { ...access, tokens: place.tokens });
    } catch (error) {
      if (!(error instanceof HttpError) || error.status !== 401 || asked === ASKED) throw error;
      place.tokens.set(error.origin, await tokenFor(error.challenge, place.name, access));
    }
  }
}
