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

/** The parser's own words are not shown: they quote the file, which may be secret. @throws TripodError E_COMMAND */
function assertEditable(host: Host, path: string, edit: EditedFileArgs["edit"], text: string): void {
  const fail = (message: string) =>
    new TripodError("E_COMMAND", message, {
      host: host.name,
      origin: host.machine.origin,
      hint: `look at ${path} there, and repair it`,
    });
  if (Buffer.byteLength(text) > LARGEST) throw fail(`its ${path} is larger than ${LARGEST / 2 ** 20} MiB`);
  try {
    edit(text);
  } catch {
    throw fail(`its ${path} is not in the format of such a file`);
  }
}

/** A file that Tripod shares with others (/etc/hosts, /etc/fstab): only Tripod's part is changed, the rest and its mode are kept. */
export const editedFile = defineResource<EditedFileArgs, { text: string; mode: string }>({
  kind: "edited-file",
  name: ({ path }) => path,
  async read(host: Host, { path, edit }) {
    const { stdout } = await host.read(
      `f=${quote(path)}; [ -f "$f" ] || exit 0; stat -c %a "$f"; head -c ${LARGEST + 1} "$f"`,
    );
    const cut = stdout.indexOf("\n");
    const text = cut < 0 ? "" : stdout.slice(cut + 1);
    assertEditable(host, path, edit, text);
    return { mode: cut < 0 ? "" : stdout.slice(0, cut), text };
  },
  diff({ path, edit }, { text, mode }) {
    const wanted = edit(text);
    return wanted === text ? [] : [textChange({ path, before: text, after: wanted, modes: [mode] })];
  },
  async apply(host, { path, edit }, { text, mode }) {
    await putFile(host.connection, {
      path,
      content: edit(text),
      mode: Number.parseInt(mode || "644", 8),
      owner: "root",
      group: "root",
    });
  },
});
