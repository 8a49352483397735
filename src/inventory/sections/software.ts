import { valid } from "semver";
import { z } from "zod";
import { COMPONENTS, type SoftwareComponent } from "../../releases/artifact.ts";
import { PACKAGES_KEY, PACKAGES_SITE } from "../../releases/repository-key.ts";
import { tooOld } from "../../versions.ts";
import type { Problem } from "../problem.ts";
import { path, saying, textual } from "../scalars.ts";

/** Where a component comes from. */
const ORIGINS = ["releases", "packages", "folder"] as const;
export type SoftwareOrigin = (typeof ORIGINS)[number];

const origin = z.enum(ORIGINS);

const version = (project: string, example: string) =>
  z
    .string()
    .refine((text) => valid(text) === text, { error: saying(`a full version without a leading v, such as ${example}`) })
    .optional()
    .describe(`The version of ${project}. Default: the one that Tripod's table names for this Kubernetes.`)
    .meta({ examples: [example] });

const site = textual(
  "URL",
  /^https:\/\/[^\s/?#@]+(?:\/[^\s?#]*[^\s/?#])?$/,
  "an https:// URL without a user and a trailing slash",
).refine((text) => URL.canParse(text), { error: saying("an https:// URL") });

const source = (official: string, what: string, example: string) =>
  site
    .optional()
    .describe(`What replaces ${official} for ${what}: a mirror with the same layout.`)
    .meta({ examples: [`https://mirror.example.org/${example}`] });

export const software = z
  .strictObject({
    from: z
      .union([origin, z.partialRecord(z.enum(COMPONENTS), origin)])
      .optional()
      .describe(
        "Where programs come from, for all or for each of `kubernetes`, `etcd`, `containerd` (with runc) and `cni` (the plugins): " +
          "`releases` (the projects' own, verified by their checksums), `packages` (the host's package manager), or `folder` " +
          "(`binaries`). Default: the folder for what it contains; packages for what a package has installed before; releases for the rest.",
      )
      .meta({ life: "any time", examples: ["releases", { etcd: "packages" }] }),
    binaries: path
      .optional()
      .describe(
        "A folder of programs that are uploaded: kubeadm, kubelet, kubectl and crictl; etcd, etcdctl and etcdutl; containerd, " +
          "containerd-shim-runc-v2, ctr and runc; and, in `cni/`, the CNI plugins. What it does not contain comes from elsewhere.",
      )
      .meta({ life: "any time", examples: ["./bin"] }),
    images: path
      .optional()
      .describe("A folder of image archives (*.tar), imported on each host. Default: images are pulled.")
      .meta({ life: "any time", examples: ["./images"] }),
    versions: z
      .strictObject({
        etcd: version("etcd", "3.6.14"),
        containerd: version("containerd", "2.3.4"),
        runc: version("runc", "1.4.3"),
        cniPlugins: version("the CNI plugins", "1.9.1"),
        crictl: version("crictl", "1.36.0"),
      })
      .prefault({})
      .describe("Other versions of what is installed from releases.")
      .meta({ life: "any time" }),
    mirrors: z
      .strictObject({
        kubernetes: source("https://dl.k8s.io", "Kubernetes", "k8s"),
        github: source("https://github.com", "all other projects", "github"),
      })
      .prefault({})
      .describe("Where releases are fetched from instead of from the projects' own servers.")
      .meta({ life: "operator's side" }),
    packageRepository: z
      .strictObject({
        url: site
          .default(PACKAGES_SITE)
          .describe(`Where it is: a mirror has the layout of ${PACKAGES_SITE}, with a repository for each minor.`)
          .meta({ examples: ["https://mirror.example.org/kubernetes"] }),
        fingerprint: textual(
          "fingerprint",
          /^(?:[0-9A-Fa-f]{4} {0,2}){9}[0-9A-Fa-f]{4}$/,
          "the fingerprint of an OpenPGP key: 40 hex digits",
        )
          .default(PACKAGES_KEY)
          .describe("The fingerprint of the key that signs it; no other key is accepted.")
          .meta({ examples: [PACKAGES_KEY] }),
      })
      .prefault({})
      .describe(
        "Kubernetes' own package repository, which hosts get where `kubernetes` comes from packages and their repositories do not have its version.",
      )
      .meta({ life: "any time" }),
    ca: path
      .optional()
      .describe(
        "A file of certificates (PEM) that are trusted for downloads too, such as that of a mirror's authority.",
      )
      .meta({ life: "operator's side", examples: ["./mirror-ca.pem"] }),
  })
  .prefault({})
  .describe("Where programs and images come from.");

/** The component of each version. */
const COMPONENT_OF = {
  etcd: "etcd",
  containerd: "containerd",
  runc: "containerd",
  cniPlugins: "cni",
  crictl: "kubernetes",
} as const;

/** Versions that do not work with this Kubernetes, origins that need a folder, and keys that would have no effect. */
export function* softwareRules(
  settings: Partial<z.output<typeof software>>,
  kubernetesVersion: string | undefined,
): Iterable<Problem> {
  const { from, binaries, versions = {} } = settings;
  const minor = Number(/^1\.(\d+)\./.exec(kubernetesVersion ?? "")?.[1] ?? Number.NaN);
  for (const program of ["etcd", "containerd"] as const) {
    const set = versions[program];
    const oldest = set === undefined || Number.isNaN(minor) ? undefined : tooOld(minor, program, set);
    if (set !== undefined && oldest !== undefined)
      yield {
        path: ["software", "versions", program],
        message: `${program} ${set} does not work with Kubernetes 1.${minor}, which needs ${oldest} or later`,
      };
  }
  yield* withoutEffect(settings);
  if (binaries !== undefined || from === undefined) return;
  const chosen =
    typeof from === "string"
      ? [[["software", "from"], from] as const]
      : Object.entries(from).map(([component, each]) => [["software", "from", component], each] as const);
  for (const [at, each] of chosen)
    if (each === "folder")
      yield {
        path: [...at],
        message: "`folder` needs `binaries`",
        hint: "set `software.binaries` to the folder with the programs",
      };
}

/** Versions and mirrors are those of releases; a folder is that of components which `from` does not take from elsewhere. */
function* withoutEffect({
  from,
  binaries,
  versions = {},
  mirrors = {},
}: Partial<z.output<typeof software>>): Iterable<Problem> {
  const elsewhere = (component: SoftwareComponent) => {
    const set = typeof from === "string" ? from : from?.[component];
    return set === "releases" ? undefined : set;
  };
  const named = (origin: SoftwareOrigin) => (origin === "folder" ? "`binaries`" : "packages");
  for (const [program, component] of Object.entries(COMPONENT_OF) as [keyof typeof COMPONENT_OF, SoftwareComponent][]) {
    const origin = elsewhere(component);
    if (versions[program] === undefined || origin === undefined) continue;
    yield {
      path: ["software", "versions", program],
      at: "key",
      message: `\`versions.${program}\` has no effect: ${program} comes from ${named(origin)}, and versions are those of releases`,
      hint: `remove it, or set \`software.from.${component}\` to releases`,
    };
  }
  for (const [mirror, components] of [
    ["kubernetes", ["kubernetes"]],
    ["github", COMPONENTS],
  ] as const)
    if (mirrors[mirror] !== undefined && components.every((component) => elsewhere(component) !== undefined))
      yield {
        path: ["software", "mirrors", mirror],
        at: "key",
        message: `\`mirrors.${mirror}\` has no effect: nothing is fetched from there, because \`from\` is not releases`,
        hint: "remove it, or let `software.from` be releases for what is to be fetched from there",
      };
  // A single word for all is what the folder does not contain.
  const all = typeof from === "object" ? COMPONENTS.map((component) => from[component] ?? "folder") : [];
  if (binaries !== undefined && all.length > 0 && !all.includes("folder"))
    yield {
      path: ["software", "binaries"],
      at: "key",
      message: "`binaries` has no effect: `from` takes every component from elsewhere",
      hint: "remove it, or set `software.from` to folder for what comes from there",
    };
}
