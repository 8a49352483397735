import pLimit from "p-limit";
import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { lastLines } from "../last-lines.ts";
import { type Artifact, fileName } from "../releases/artifact.ts";
import { forgetChecksum } from "../releases/checksum.ts";
import { downloaded } from "../releases/download.ts";
import {
  fetchScript,
  meterInWords,
  placeScript,
  reachScript,
  readScript,
  RELEASE_CACHE,
  type Way,
} from "./release-scripts.ts";
import { putLocalFile } from "../remote/files.ts";
import { runLong } from "../remote/long.ts";
import { command } from "./command.ts";
import { defineResource, type Working } from "./resource.ts";

export interface ReleaseArgs {
  readonly artifact: Artifact;
  /** The published digest of the download, 64 hex digits. */
  readonly sha256: string;
  readonly way?: Way;
  /** Others may replace the installed programs: only that they are there counts. */
  readonly replaceable?: boolean;
  /** The download on the operator's machine, from a bundle: nothing is fetched. Absolute. */
  readonly local?: string;
  /** Whether the host reaches the source itself, if another release has found out; undefined where it has no curl yet. */
  readonly reaches?: (host: Host) => Promise<boolean | undefined>;
}

interface ReleaseState {
  /** The version and the digest that the host's record names; empty where it has none. */
  readonly version: string;
  readonly sha256: string;
  /** Whether every installed file is the one of the record. */
  readonly intact: boolean;
  /** Where a download is needed: whether the host reaches the source itself; undefined where it has no curl yet. */
  readonly reaches?: boolean | undefined;
}

/** How many hosts fetch at once, and to how many hosts files are uploaded at once: more would not be faster. */
const FETCHES = pLimit(16);
const UPLOADS = pLimit(4);

/**
 * Programs of a project's release. The host's own record names what was installed, and is believed only as far as the installed files
 * match it. The host fetches by itself where it reaches the source; where not, the operator's machine fetches once and uploads. What a
 * bundle has is uploaded in any case.
 * Nothing is put in place before the digest of the whole download is the published one.
 */
export const release = defineResource<ReleaseArgs, ReleaseState>({
  kind: "release",
  name: ({ artifact }) => artifact.name,
  writes: ({ artifact }) => artifact.files.map(({ path }) => path),
  async read(
    host,
    { artifact, sha256, replaceable = false, way = {}, local, reaches = (of) => hostReaches(of, artifact.url, way) },
  ) {
    const { stdout } = await host.read(readScript(artifact, replaceable));
    const [, version = "", found = ""] = /^record (\S{1,40}) ([0-9a-f]{64})$/m.exec(stdout) ?? [];
    const intact = /^intact$/m.test(stdout);
    const state = { version, sha256: found, intact };
    if (intact && found === sha256) return state;
    return { ...state, reaches: local === undefined ? await reaches(host) : false };
  },
  diff({ artifact: { version, url }, sha256, local }, found) {
    if (found.intact && found.sha256 === sha256) return [];
    const from = found.version === "" ? "absent" : found.intact ? found.version : `${found.version}, changed since`;
    const source = new URL(url).origin;
    const way = local
      ? "uploaded from the bundle"
      : found.reaches === undefined
        ? `fetched from ${source}, or uploaded where the host does not reach it`
        : found.reaches
          ? `fetched by the host from ${source}`
          : `uploaded: the host does not reach ${source}`;
    return [{ field: "version", from, to: `${version} (${way})` }];
  },
  apply: (host, args, { reaches }, working) =>
    reaches === false ? UPLOADS(() => upload(host, args, working)) : FETCHES(() => fetchOnHost(host, args, working)),
});

/** Whether a host reaches a file of a source, redirects included; undefined where it has no curl yet. */
export async function hostReaches(host: Host, url: string, way: Way): Promise<boolean | undefined> {
  const answer = /^(yes|no)$/m.exec((await host.read(reachScript(url, way))).stdout)?.[1];
  return answer === undefined ? undefined : answer === "yes";
}

/** Runs as its own unit: a lost connection does not end it, and what has arrived is kept. */
async function fetchOnHost(host: Host, { artifact, sha256, way = {} }: ReleaseArgs, working: Working): Promise<void> {
  const script = `(\n${fetchScript(artifact, sha256, way)}\n) || exit\n${placeScript(artifact, sha256)}`;
  const result = await runLong(
    host.connection,
    { unit: `release-${artifact.name}`, command: script, exact: true, within: SLOW_LINE },
    {
      wait: (condition) =>
        working.wait({
          ...condition,
          async holds(signal) {
            const answer = await condition.holds(signal);
            return answer === true ? answer : meterInWords(answer);
          },
        }),
      progress: (line) => working.progress(`fetching ${artifact.name}: ${meterInWords(line)}`),
    },
  );
  if (result.code === 0) return;
  const where = { host: host.name, origin: host.machine.origin, why: lastLines(withoutMeter(result.stdout)) };
  if (result.code === MISMATCH) {
    await forgetChecksum(artifact);
    throw new TripodError("E_REFUSED", `${artifact.url} does not match its published checksum`, {
      ...where,
      hint: "nothing was put in place: check the mirror under `software.mirrors`, or a proxy between the host and the source",
    });
  }
  throw new TripodError("E_COMMAND", `${artifact.url} could not be installed`, {
    ...where,
    hint: "run the same command again: what has arrived is kept; or name a mirror under `software.mirrors`",
  });
}

function withoutMeter(log: string): string {
  return log
    .split("\n")
    .filter((line) => !/% Total|Dload|^[\s\d]*\r/.test(line))
    .join("\n");
}

/** ms. A stalled transfer is given up by curl, long before. */
const SLOW_LINE = 3 * 3_600_000;

/** Exit code of `fetchScript` where the digest differs. */
const MISMATCH = 65;

async function upload(host: Host, { artifact, sha256, way, local }: ReleaseArgs, working: Working): Promise<void> {
  const shown = (what: string) => (done: number, total: number) =>
    working.progress(`${what} ${fileName(artifact)}: ${megabytes(done)} of ${total > 0 ? megabytes(total) : "?"} MB`);
  const access = { signal: working.signal, ca: way?.ca, progress: shown("fetching") };
  const localPath = local ?? (await downloaded(artifact, sha256, access));
  await command(host, `mkdir -p -m 755 ${RELEASE_CACHE}`);
  const path = `${RELEASE_CACHE}/${fileName(artifact)}.part`;
  await putLocalFile(host.connection, { localPath, path, mode: 0o600, progress: shown("uploading") }, working.signal);
  await command(host, placeScript(artifact, sha256));
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
