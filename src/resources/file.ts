import { createHash } from "node:crypto";
import { createTwoFilesPatch } from "diff";
import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { type FileContent, putFile, putFiles } from "../remote/files.ts";
import { quote } from "../remote/shell.ts";
import { atHand, type KeptSecret, Secret } from "../secret.ts";
import { type Change, defineResource, KNOWN_AFTER_APPLY } from "./resource.ts";

export interface FileArgs {
  readonly path: string;
  /** Undefined: it depends on something that an apply does first; in a plan only. */
  readonly content: string | Secret | KeptSecret | undefined;
  /** Permission bits: 0o644. */
  readonly mode: number;
  readonly owner?: string;
  readonly group?: string;
}

interface FileState {
  readonly exists: boolean;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly digest: string;
  /** Only read where the digest differs and the content is no secret. */
  readonly text: string;
}

/** A file with exactly this content, mode and owner. For a secret the plan shows that it changes, never its content. */
export const file = defineResource<FileArgs, FileState>({
  kind: "file",
  name: ({ path }) => path,
  writes: ({ path }) => [path],
  read: readFile,
  diff({ path, content, mode: bits, owner = "root", group = "root" }, state) {
    const mode = bits.toString(8);
    const changes: Change[] = [];
    if (content === undefined)
      changes.push({ field: "content", from: state.exists ? "present" : "absent", to: KNOWN_AFTER_APPLY });
    else if (!state.exists || state.digest !== digestOf(content)) {
      changes.push(
        typeof content === "string"
          ? textChange({
              path,
              before: state.exists ? state.text : undefined,
              after: content,
              modes: [state.mode, mode],
            })
          : { field: "content", from: state.exists ? "*** (different)" : "absent", to: hidden(content) },
      );
    }
    if (!state.exists) return [...changes, { field: "mode", from: "absent", to: `${mode} ${owner}:${group}` }];
    if (state.mode !== mode) changes.push({ field: "mode", from: state.mode, to: mode });
    if (`${state.owner}:${state.group}` !== `${owner}:${group}`)
      changes.push({ field: "owner", from: `${state.owner}:${state.group}`, to: `${owner}:${group}` });
    return changes;
  },
  apply: async (host, args) => putFile(host.connection, await toWrite(host, args)),
  applyAll: async (host, parts) =>
    putFiles(host.connection, await Promise.all(parts.map(({ args }) => toWrite(host, args)))),
});

async function toWrite(host: Host, args: FileArgs): Promise<FileContent> {
  const { path, content, mode, owner = "root", group = "root" } = args;
  if (content === undefined)
    throw new TripodError("E_INTERNAL", `the content of ${path} is not known`, { host: host.name });
  return { path, content: typeof content === "string" ? content : await atHand(content), mode, owner, group };
}

/** A secret that was adopted from another machine: the plan shows from which. */
function hidden(content: Secret | KeptSecret): string {
  return content instanceof Secret ? "***" : `*** (adopted from ${content.from})`;
}

async function readFile(host: Host, { path, content }: FileArgs): Promise<FileState> {
  const show = typeof content !== "string" ? "" : `[ "$d" = ${digestOf(content)} ] || head -c 262144 "$f"`;
  const { stdout } = await host.read(`f=${quote(path)}
[ -f "$f" ] || exit 0
d=$(sha256sum < "$f"); d=\${d%% *}
stat -c "%a %U %G $d" "$f"
${show}`);
  const [head = "", ...rest] = stdout.split("\n");
  const [mode = "", owner = "", group = "", digest = ""] = head.split(" ");
  return { exists: head !== "", mode, owner, group, digest, text: rest.join("\n") };
}

function digestOf(content: string | Secret | KeptSecret): string {
  if (typeof content !== "string" && "sha256" in content) return content.sha256;
  return createHash("sha256")
    .update(content instanceof Secret ? content.reveal() : content)
    .digest("hex");
}

interface TextChange {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string;
  /** The file's current and wanted mode, octal; empty: the file does not exist. */
  readonly modes: readonly string[];
}

/** How the text of a file differs: shown in the plan, unless the file is, or will be, unreadable for other users of the host. */
export function textChange({ path, before, after, modes }: TextChange): Change {
  const diff = unifiedDiff(path, before, after);
  if (modes.every((mode) => mode === "" || (Number.parseInt(mode, 8) & READ_BY_OTHERS) !== 0))
    return { field: "content", diff };
  const from = before === undefined ? "absent" : "*** (different)";
  return { field: "content", from, to: "***", secret: new Secret(diff) };
}

const READ_BY_OTHERS = 0o004;

/** Lines that may differ: the time to compare grows with their square, and a host decides what its file contains. */
const MOST_CHANGES = 1000;

export function unifiedDiff(path: string, before: string | undefined, after: string): string {
  const from = before === undefined ? "/dev/null" : path;
  // A new file has nothing to compare with.
  const maxEditLength = before ? MOST_CHANGES : Infinity;
  const options = { context: 2, maxEditLength };
  const patch = createTwoFilesPatch(from, path, before ?? "", after, undefined, undefined, options);
  return patch === undefined
    ? `--- ${from}\n+++ ${path}\n@@ more than ${MOST_CHANGES} lines differ @@\n`
    : patch.replace(/^(?:Index: .*\n)?=+\n/, "");
}
