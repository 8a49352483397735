import { lstat, rename, rm, writeFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import type { DrillEvent } from "../drills/events.ts";
import { TripodError } from "../errors.ts";
import type { Io } from "./io.ts";
import { cannotWrite } from "./output-file.ts";

export const FORMATS = ["text", "json", "junit", "html"] as const;

export type Format = (typeof FORMATS)[number];

/** Formats by file name extension. */
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

/** The extensions of reports, in a sentence. */
export const EXTENSIONS = Object.keys(BY_ENDING).filter(Boolean).join(", ");

/** @throws TripodError E_USAGE where the extension is unknown */
export function formatOf(file: string | undefined): Format {
  const ending = extname(file ?? "").toLowerCase();
  const format = BY_ENDING[ending];
  if (format) return format;
  throw new TripodError("E_USAGE", `no report format has the extension ${ending}`, {
    hint: `use ${EXTENSIONS}; or write any format to any file with \`tripod report --format\``,
  });
}

/** Prints the summary of a drill, and writes its report to the requested file. */
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

/** @returns undefined where no drill started */
export async function drillReport(events: readonly DrillEvent[], format: Format): Promise<string | undefined> {
  const { drillReportOf, drillText, drillJson, drillJunit, drillHtml } = await import("../report/drill/index.ts");
  const report = drillReportOf(events);
  const write = { text: drillText, json: drillJson, junit: drillJunit, html: drillHtml }[format];
  return report && write(report);
}

/** Writes the file completely or not at all, for instance on a full disk. @throws TripodError E_LOCAL */
export async function saveReport(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}`;
  try {
    // A device, pipe or link is written to, not replaced.
    if (await isReplaceable(file)) {
      await writeFile(temporary, text, { flag: "wx" });
      await rename(temporary, file);
    } else await writeFile(file, text);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cannotWrite(file, cause);
  }
}

async function isReplaceable(file: string): Promise<boolean> {
  return lstat(file).then(
    (status) => status.isFile(),
    () => true,
  );
}
