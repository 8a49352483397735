import { quote } from "../remote/shell.ts";
import { command } from "./command.ts";
import { defineResource } from "./resource.ts";

/** A file that must not be there. */
export const absent = defineResource<{ readonly path: string }, boolean>({
  kind: "absent",
  name: ({ path }) => path,
  read: async (host, { path }) => (await host.read(`[ -e ${quote(path)} ]`)).code === 0,
  diff: (_, exists) => (exists ? [{ field: "file", from: "present", to: "absent" }] : []),
  async apply(host, { path }) {
    await command(host, `rm -f ${quote(path)}`);
  },
});
