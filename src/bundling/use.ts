import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { downloadPath, imagesIn, MANIFEST_FILE } from "../bundle/content.ts";
import { type Bundle, openBundle } from "../bundle/open.ts";
import { TripodError } from "../errors.ts";
import type { Cluster } from "../inventory/cluster.ts";
import { inventoryOption } from "../inventory/option.ts";
import { shownSource } from "../inventory/shown.ts";
import { manifestOf } from "../phases/manifest-text.ts";
import { downloadsOf, neededImages, networkName } from "./needs.ts";

interface Using {
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

/** How much of what is missing is shown. */
const SHOWN = 8;

/**
 * The same cluster, with its software from a bundle; in the versions of the bundle, unless the inventory sets others. No host is contacted.
 * @param file absolute
 * @throws TripodError E_REFUSED where the bundle is incomplete or damaged, E_USAGE where it is not for this inventory
 */
export async function withBundle(cluster: Cluster, file: string, using: Using): Promise<Cluster> {
  const bundle = await openBundle(file, using);
  const { content } = bundle;
  mustBeFor(cluster, bundle);
  const software = { ...cluster.software, versions: { ...content.versions, ...cluster.software.versions }, bundle };
  const bundled: Cluster = Object.freeze({ ...cluster, software });
  const missing = await missingIn(bundle, bundled);
  if (missing.length > 0)
    throw new TripodError("E_USAGE", `${bundle.name} does not contain everything that this inventory needs`, {
      why: [...missing.slice(0, SHOWN), ...(missing.length > SHOWN ? [`and ${missing.length - SHOWN} more`] : [])].join(
        "\n",
      ),
      hint: again(cluster, bundle),
    });
  return bundled;
}

/** The bundle for the inventory as it is now. */
function again({ file }: Cluster, { name, content: { architectures } }: Bundle): string {
  const arch = architectures.length > 1 || architectures[0] !== "amd64" ? ` --arch ${architectures.join(",")}` : "";
  return `make it again for this inventory, where there is a network: tripod bundle ${inventoryOption(file)}${arch} -o ${name}`;
}

function mustBeFor(cluster: Cluster, bundle: Bundle): void {
  const { kubernetes, network } = bundle.content;
  const other = [
    ...(kubernetes === cluster.kubernetes.version
      ? []
      : [`the bundle has Kubernetes ${kubernetes}, the inventory ${cluster.kubernetes.version}`]),
    ...(network === networkName(cluster)
      ? []
      : [`the bundle has the pod network ${network}, the inventory ${networkName(cluster)}`]),
  ];
  if (other.length === 0) return;
  throw new TripodError("E_USAGE", `${bundle.name} is not for this inventory`, {
    why: other.join("\n"),
    hint: again(cluster, bundle),
  });
}

async function missingIn(bundle: Bundle, cluster: Cluster): Promise<string[]> {
  const { content, folder } = bundle;
  const paths = new Set(content.entries.map(({ path }) => path));
  const published = manifestOf(cluster)?.manifest;
  const remote = published?.startsWith("https://") ? shownSource(published) : undefined;
  const has = content.entries.find(({ path }) => path === MANIFEST_FILE);
  if (remote !== undefined && has?.from !== remote) return [remote];
  const text =
    published === undefined ? undefined : await readFile(remote ? join(folder, MANIFEST_FILE) : published, "utf8");
  return content.architectures.flatMap((architecture) => {
    const downloads = downloadsOf(cluster, architecture).map(({ official: { url } }) => downloadPath(url));
    const images = new Set(imagesIn(content, architecture).map(({ image }) => image));
    return [
      ...downloads.filter((path) => !paths.has(path)),
      ...neededImages(cluster, text).flatMap((name) => (images.has(name) ? [] : [`${name} for ${architecture}`])),
    ];
  });
}
