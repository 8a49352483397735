import { access, constants, lstat, rename, rm, writeFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import type { DrillEvent } from "../drills/events.ts";
import { TripodError } from "../errors.ts";
import type { Io } from "./io.ts";

export const FORMATS = ["text", "json", "junit", "html"] as const;

export type Format = (typeof FORMATS)[number];

/** What the end of a file's name says of its format. */
const BY_ENDING: Readonly<Record<string, Format>> = {
  "": "text",
  ".txt": "text",
  ".log": "text",
  ".html": "html",
  ".htm": "html",
  ".xhtml": "html",
  ".json": "json",
  ".xml": "junit",
};

/** @throws TripodError E_USAGE where it says none that is known */
export function formatOf(file: string | undefined): Format {
  const ending = extname(file ?? "").toLowerCase();
  const format = BY_ENDING[ending];
  if (format) return format;
  const known = Object.keys(BY_ENDING).filter(Boolean).join(", ");
  throw new TripodError("E_USAGE", `no format of a report ends in ${ending}`, {
    hint: `${known} are known; \`tripod report --format\` writes any of them into any file`,
  });
}

/** The end of a drill: its summary on the screen, and its report in the file that was asked for. */
export async function writeDrillReport(
  events: readonly DrillEvent[],
  { json, output }: { readonly json: boolean; readonly output: string | undefined },
  io: Io,
): Promise<void> {
  const summary = json ? undefined : await drillReport(events, "text");
  if (summary !== undefined) io.stdout.write(`\n${summary}`);
  const text = output === undefined ? undefined : await drillReport(events, formatOf(output));
  if (output !== undefined && text !== undefined) await saveReport(resolve(io.cwd, output), text);
}

/** @returns undefined where no drill began */
export async function drillReport(events: readonly DrillEvent[], format: Format): Promise<string | undefined> {
  const { drillReportOf, drillText, drillJson, drillJunit, drillHtml } = await import("../report/drill/index.ts");
  const report = drillReportOf(events);
  const write = { text: drillText, json: drillJson, junit: drillJunit, html: drillHtml }[format];
  return report && write(report);
}

/** Before anything is broken for a report that cannot be kept. @throws TripodError E_LOCAL */
export async function mustBeWritable(file: string): Promise<void> {
  const there = await access(file).then(
    () => true,
    () => false,
  );
  await access(there ? file : dirname(file), constants.W_OK).catch((cause: unknown) => {
    throw new TripodError("E_LOCAL", `cannot write ${file}`, { why: (cause as Error).message, cause });
  });
}

/** All of it or nothing: what could be written of a report on a disk that is full does not stay. @throws TripodError E_LOCAL */
export async function saveReport(file: string, text: string): Promise<void> {
  const partly = `${file}.${process.pid}`;
  try {
    // A device, a pipe or a link is written to, not replaced.
    if (await isReplaceable(file)) {
      await writeFile(partly, text, { flag: "wx" });
      await rename(partly, file);
    } else await writeFile(file, text);
  } catch (cause) {
    await rm(partly, { force: true });
    throw new TripodError("E_LOCAL", `cannot write ${file}`, { why: (cause as Error).message, cause });
  }
}

async function isReplaceable(file: string): Promise<boolean> {
  return lstat(file).then(
    (there) => there.isFile(),
    () => true,
  );
}
