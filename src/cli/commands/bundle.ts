import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { BundleContent } from "../../bundle/content.ts";
import { TripodError } from "../../errors.ts";
import type { Cluster } from "../../inventory/cluster.ts";
import { inventoryOption } from "../../inventory/option.ts";
import { hanging, jsonText } from "../../printable.ts";
import { type Architecture, ARCHITECTURES } from "../../releases/artifact.ts";
import { count } from "../../ui/screen.ts";
import type { Io } from "../io.ts";
import { isInsideLab, loadTarget, onTarget, type TargetOptions, withLabOption } from "../target.ts";
import { mayBeReplaced } from "./kubeconfig.ts";

interface BundleOptions extends Partial<TargetOptions> {
  readonly output?: string;
  readonly list?: string;
  readonly arch?: Architectures;
  readonly force?: boolean;
  readonly json?: boolean;
}

type Architectures = readonly [Architecture, ...Architecture[]];

export function bundleCommand(io: Io): Command {
  return withLabOption(
    new Command("bundle")
      .description(
        "put everything that an inventory needs from the internet into one file, images too, for a place without a network",
      )
      .option("-i, --inventory <file>", "the inventory (required, except with --list)"),
  )
    .option("-o, --output <file>", "the bundle, a tar file (required, except with --list)")
    .option("--arch <list>", "the hosts' processors: amd64, arm64, or both with a comma; default: amd64", architectures)
    .option("-f, --force", "replace the --output file without asking")
    .option("--list <bundle>", "list what is in a bundle, instead of making one; verifies nothing")
    .option("--json", "print JSON: the content, and of a new bundle also its size and sha256")
    .action((options: BundleOptions) =>
      options.list === undefined ? make(options, io) : list(options.list, options, io),
    );
}

function architectures(text: string): Architectures {
  const names = text.split(",");
  const known = ARCHITECTURES.filter((each) => names.includes(each));
  const [first, ...others] = known;
  if (first === undefined || known.length < new Set(names).size)
    throw new InvalidArgumentError(`Must be ${ARCHITECTURES.join(" or ")}, or both with a comma.`);
  return [first, ...others];
}

async function make(options: BundleOptions, io: Io): Promise<void> {
  const { inventory, output, lab } = options;
  if (inventory === undefined || output === undefined)
    throw new TripodError(
      "E_USAGE",
      `required option '${inventory === undefined ? "-i, --inventory" : "-o, --output"} <file>' not specified`,
      {
        hint: "`tripod bundle -i FILE -o bundle.tar` makes a bundle, `tripod bundle --list bundle.tar` lists one",
      },
    );
  if (lab && !isInsideLab(io)) return onTarget({ inventory, lab }, io, () => Promise.resolve());
  // No host is contacted: this machine needs no key for them.
  const cluster = isInsideLab(io) ? await ofLab(inventory, io) : await loadTarget({ inventory }, io);
  if (!options.force) await mayBeReplaced(output, io);
  const { makeBundle } = await import("../../bundling/make.ts");
  const made = await makeBundle(cluster, {
    output: resolve(io.cwd, output),
    architectures: options.arch ?? ["amd64"],
    signal: io.signal,
    progress: (text) => void io.stderr.write(`${text}\n`),
  });
  const { content, size, sha256 } = made;
  if (options.json) {
    io.stdout.write(`${jsonText({ file: output, size, sha256, ...content })}\n`);
    return;
  }
  const shown = hanging(output);
  io.stdout.write(`${shown}: ${summary(content)}, ${megabytes(size)}\nsha256 ${sha256}\n`);
  io.stdout.write(`to use it: tripod apply ${inventoryOption(inventory, io.cwd)} --bundle ${shown}\n`);
  io.stdout.write(`${notInIt(cluster)}\n`);
}

/** In the lab everything is fetched from the lab's own mirror. */
async function ofLab(inventory: string, io: Io): Promise<Cluster> {
  const { withLabSources } = await import("../../lab/overrides.ts");
  return withLabSources(await loadTarget({ inventory }, io));
}

/** What a bundle cannot have: it is no mirror of a distribution. */
function notInIt({ software: { from, images } }: Cluster): string {
  const packaged =
    typeof from === "object"
      ? Object.entries(from).flatMap(([each, origin]) => (origin === "packages" ? [each] : []))
      : from === "packages"
        ? ["all programs"]
        : [];
  const more = [...packaged, ...(images === undefined ? [] : ["the images of `software.images`"])];
  const what = ["keepalived, haproxy and the small tools that the kubelet calls", ...more].join(", ");
  return `not in it: ${what}; hosts get packages from their distribution's repositories, or from a mirror of them`;
}

async function list(file: string, { inventory, output, json }: BundleOptions, io: Io): Promise<void> {
  if (inventory !== undefined || output !== undefined)
    throw new TripodError("E_USAGE", "--list and -i or -o exclude each other", { hint: "use --list alone" });
  const { listBundle } = await import("../../bundle/open.ts");
  const content = await listBundle(resolve(io.cwd, file), io.signal);
  if (json) return void io.stdout.write(`${jsonText({ file, ...content })}\n`);
  io.stdout.write(`${file}: ${summary(content)}\n`);
  for (const { path, size, image } of content.entries)
    io.stdout.write(`${megabytes(size).padStart(10)}  ${hanging(image ?? path)}\n`);
}

/** `Kubernetes 1.36.3 for amd64, network bridge: 8 releases, 8 images` */
function summary({ kubernetes, architectures, network, entries }: BundleContent): string {
  const releases = entries.filter(({ path }) => path.startsWith("downloads/")).length;
  const images = entries.filter(({ image }) => image !== undefined).length;
  const what = `${count(releases, "release")}, ${count(images, "image")}`;
  return `Kubernetes ${kubernetes} for ${architectures.join(" and ")}, pod network ${network}: ${what}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
