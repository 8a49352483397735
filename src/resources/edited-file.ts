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

/** A file that Tripod shares with others (/etc/hosts, /etc/fstab): only Tripod's part is changed, the rest and its mode are kept. */
export const editedFile = defineResource<EditedFileArgs, { text: string; mode: string }>({
  kind: "edited-file",
  name: ({ path }) => path,
  async read(host: Host, { path }) {
    const { stdout } = await host.read(`f=${quote(path)}; [ -f "$f" ] || exit 0; stat -c %a "$f"; cat "$f"`);
    const cut = stdout.indexOf("\n");
    return { mode: cut < 0 ? "" : stdout.slice(0, cut), text: cut < 0 ? "" : stdout.slice(cut + 1) };
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
