import { TripodError } from "../errors.ts";
import type { Host } from "../host.ts";
import { putFile } from "../remote/files.ts";
import { quote } from "../remote/shell.ts";
import { textChange } from "./file.ts";
import { defineResource } from "./resource.ts";

export interface EditedFileArgs {
  readonly path: string;
  /** Turns the current text into the wanted one. Idempotent. */
  readonly edit: (text: string) => string;
}

/** Bytes. */
const LARGEST = 4 * 2 ** 20;

/** A text that is shared with others, and the same with Tripod's part as it should be. */
export interface Edited {
  readonly text: string;
  readonly wanted: string;
}

/**
 * The parser's own words are not shown: they quote the text, which may be secret.
 * @param what contains the text: `/etc/hosts`
 * @throws TripodError E_COMMAND where the text is too large, or not in the format that `edit` expects
 */
export function edited(host: Host, what: string, text: string, edit: EditedFileArgs["edit"]): Edited {
  const fail = (message: string) =>
    new TripodError("E_COMMAND", message, {
      host: host.name,
      origin: host.machine.origin,
      hint: `look at ${what} there, and repair it`,
    });
  if (Buffer.byteLength(text) > LARGEST) throw fail(`its ${what} is larger than ${LARGEST / 2 ** 20} MiB`);
  try {
    return { text, wanted: edit(text) };
  } catch {
    throw fail(`its ${what} is not in the expected format`);
  }
}

/** A file that Tripod shares with others (/etc/hosts, /etc/fstab): only Tripod's part is changed, the rest and its mode are kept. */
export const editedFile = defineResource<EditedFileArgs, Edited & { readonly mode: string }>({
  kind: "edited-file",
  name: ({ path }) => path,
  writes: ({ path }) => [path],
  async read(host: Host, { path, edit }) {
    const { stdout } = await host.read(
      `f=${quote(path)}; [ -f "$f" ] || exit 0; stat -c %a "$f"; head -c ${LARGEST + 1} "$f"`,
    );
    const cut = stdout.indexOf("\n");
    const text = cut < 0 ? "" : stdout.slice(cut + 1);
    return { mode: cut < 0 ? "" : stdout.slice(0, cut), ...edited(host, path, text, edit) };
  },
  diff({ path }, { text, wanted, mode }) {
    return wanted === text ? [] : [textChange({ path, before: text, after: wanted, modes: [mode] })];
  },
  async apply(host, { path }, { wanted, mode }) {
    await putFile(host.connection, {
      path,
      content: wanted,
      mode: Number.parseInt(mode || "644", 8),
      owner: "root",
      group: "root",
    });
  },
});
