import { minor } from "semver";
import { CNIS, publishedManifest } from "../../cni/index.ts";
import type { Problem } from "../problem.ts";
import type { Draft } from "../schema.ts";

/** One pod network, and one of which there is a manifest for this version. */
export function* networkRules({ network, kubernetes }: Draft): Iterable<Problem> {
  const { cni: name, manifest, sha256 } = network ?? {};
  if (name !== undefined && manifest !== undefined)
    yield { path: ["network", "manifest"], at: "key", message: "both `cni` and `manifest`: set one of them" };
  if (sha256 !== undefined && manifest === undefined)
    yield { path: ["network", "sha256"], at: "key", message: "`sha256` needs a `manifest`" };
  const cni = CNIS.find((each) => each.name === name);
  const { version } = kubernetes;
  const oldest = cni?.manifests.at(-1)?.from;
  if (!cni || version === undefined || oldest === undefined || publishedManifest(cni, minor(version))) return;
  yield {
    path: ["network", "cni"],
    message: `Tripod knows manifests of ${cni.name} for Kubernetes 1.${oldest} and later; this inventory's version is ${version}`,
    hint: "set `network.manifest` to one that the project publishes for this version, or choose another `cni`",
  };
}
