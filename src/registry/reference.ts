import { TripodError } from "../errors.ts";

/** An image's name, complete: Docker's short names have their registry and `library/`, as containerd completes them. */
export interface ImageReference {
  /** As containerd names it: `registry.k8s.io/pause:3.10.2`; with a digest there is no tag. */
  readonly name: string;
  /** `registry.k8s.io`, `registry.example:5000` */
  readonly registry: string;
  /** `pause`, `library/nginx` */
  readonly repository: string;
  /** The tag, or `sha256:` and 64 hex digits. */
  readonly version: string;
}

/** https://github.com/distribution/reference: its grammar, without upper case in the name. */
const COMPONENT = "[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*";
const REGISTRY = "[a-z0-9-]+(?:\\.[a-z0-9-]+)*(?::\\d{1,5})?";
const FORM = new RegExp(
  `^(${REGISTRY})/(${COMPONENT}(?:/${COMPONENT})*)(?::(\\w[\\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$`,
);

/** @throws TripodError E_LOCAL where it is not the name of an image */
export function imageReference(text: string): ImageReference {
  const [first = ""] = text.split("/", 1);
  const hasRegistry = text.includes("/") && (/[.:]/.test(first) || first === "localhost");
  const [, registry, repository, tag = "latest", digest] = FORM.exec(hasRegistry ? text : `docker.io/${text}`) ?? [];
  if (registry === undefined || repository === undefined)
    throw new TripodError("E_LOCAL", `${JSON.stringify(text.slice(0, 200))} is not the name of an image`, {
      hint: "write it as `registry.example/name:tag`",
    });
  const short = registry === "docker.io" && !repository.includes("/");
  const full = short ? `library/${repository}` : repository;
  const version = digest ?? tag;
  return { name: `${registry}/${full}${digest ? "@" : ":"}${version}`, registry, repository: full, version };
}
