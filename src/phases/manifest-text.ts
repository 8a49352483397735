import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { TripodError } from "../errors.ts";
import { fetchFailure, httpsGet } from "../https.ts";
import type { ManifestNetwork } from "../inventory/cluster.ts";
import { shownSource } from "../inventory/shown.ts";
import { type Context, onceKey } from "./phase.ts";

const MANIFEST = onceKey<string>("manifest");

/** MiB; the largest manifest of a pod network that we know of has 1 MiB. */
const LARGEST = 10;
/** Deadline of the whole download, ms. */
const WITHIN = 30_000;

/**
 * The text of the pod network's manifest, read once a run, so that what preflight checked is what is applied.
 * @throws TripodError E_LOCAL where it cannot be read, E_REFUSED where its digest differs from the inventory's `sha256`
 */
export function manifestText({ once, signal }: Context, { manifest, sha256 }: ManifestNetwork): Promise<string> {
  return once(MANIFEST, async () => {
    const text = await read(manifest, signal);
    const found = createHash("sha256").update(text).digest("hex");
    if (sha256 === undefined || sha256 === found) return text.toString();
    throw new TripodError("E_REFUSED", `the manifest ${shownSource(manifest)} does not match the inventory's digest`, {
      why: `network.sha256: ${sha256}\nthe manifest's:   ${found}`,
      hint: "check what has changed in the manifest; if the change is wanted, set `network.sha256` to the new digest",
    });
  });
}

async function read(from: string, stop: AbortSignal): Promise<Buffer> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(WITHIN)]);
  try {
    return await readAll(
      from.startsWith("https://")
        ? ((await httpsGet(from, { signal })).body ?? [])
        : createReadStream(from, { signal }),
    );
  } catch (cause) {
    // Ctrl-C is not the manifest's fault.
    stop.throwIfAborted();
    throw new TripodError("E_LOCAL", `cannot read the manifest ${shownSource(from)}`, {
      why: fetchFailure(cause),
      hint: "correct `network.manifest`, or save the manifest to a file and set `network.manifest` to its path",
      cause,
    });
  }
}

async function readAll(chunks: AsyncIterable<unknown> | Iterable<never>): Promise<Buffer> {
  const all: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    all.push(Buffer.from(chunk as Uint8Array));
    size += all.at(-1)?.length ?? 0;
    if (size > LARGEST * 2 ** 20) throw new Error(`it is larger than ${LARGEST} MiB`);
  }
  return Buffer.concat(all);
}
