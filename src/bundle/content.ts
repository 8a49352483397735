import { z } from "zod";
import { ARCHITECTURES } from "../releases/artifact.ts";

/** The first file of every bundle: it lists all others. */
export const LIST = "bundle.json";

/** Of bundles that this Tripod writes and reads. */
export const FORMAT = 1;

/** Where the pod network's manifest is, if it comes from a URL. */
export const MANIFEST_FILE = "manifest.yaml";

/** Relative, without `.` and `..`: a bundle must not write anywhere else. */
const path = z.string().regex(/^(?:(?!\.{1,2}\/)[\w.+~-]+\/)*(?!\.{1,2}$)[\w.+~-]+$/, "is not a path in a bundle");
const digest = z.string().regex(/^[0-9a-f]{64}$/, "is not a digest");
const version = z.string().regex(/^[\w.+-]{1,64}$/, "is not a version");

const entry = z.strictObject({
  path,
  /** bytes */
  size: z.number().int().nonnegative(),
  sha256: digest,
  /** Where it came from: a URL; of an image its name, with the digest of what the registry served. */
  from: z.string().max(2000),
  /** Of an image: as containerd names it. */
  image: z.string().max(500).optional(),
});

/** What is in a bundle, as its list has it. */
export const bundleContent = z.strictObject({
  format: z.literal(FORMAT),
  /** The version of Kubernetes, without a leading v. */
  kubernetes: version,
  architectures: z.array(z.enum(ARCHITECTURES)).min(1),
  /** The pod network: `network.cni`, or `manifest`. */
  network: z.string().max(64),
  /** Of what is installed from releases beside Kubernetes. */
  versions: z.strictObject({
    etcd: version,
    containerd: version,
    runc: version,
    cniPlugins: version,
    crictl: version,
  }),
  entries: z.array(entry).max(10_000),
});

export type BundleEntry = z.output<typeof entry>;
export type BundleContent = z.output<typeof bundleContent>;

/** Where the download of a project's official URL is in a bundle: `downloads/dl.k8s.io/release/…`. */
export function downloadPath(url: string): string {
  const { host, pathname } = new URL(url);
  return `downloads/${host}${pathname}`;
}

/** The download of a project's official URL. @throws Error where the bundle does not have it, which is checked when it is opened */
export function downloadIn({ entries }: BundleContent, url: string): BundleEntry {
  const found = entries.find(({ path }) => path === downloadPath(url));
  if (!found) throw new Error(`the bundle has no ${downloadPath(url)}`);
  return found;
}

/** Where an image's archive is: `images/amd64/registry.k8s.io/kube-proxy/v1.36.3.tar`. @param name complete, as containerd names it */
export function imagePath(name: string, architecture: string): string {
  const [, repository = name, version = ""] = /^(.*?)[:@]([^/]+)$/.exec(name) ?? [];
  return `images/${architecture}/${plain(repository)}/${plain(version)}.tar`;
}

/** A registry may have a port, a version is perhaps a digest. */
function plain(text: string): string {
  return text.replace(/[:@]/g, "-");
}

/** The archives of images for an architecture. */
export function imagesIn(
  { entries }: BundleContent,
  architecture: string,
): (BundleEntry & { readonly image: string })[] {
  return entries.flatMap((each) =>
    each.image !== undefined && each.path.startsWith(`images/${architecture}/`) ? [{ ...each, image: each.image }] : [],
  );
}
