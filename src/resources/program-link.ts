import { sh } from "../remote/shell.ts";
import { command } from "./command.ts";
import { defineResource } from "./resource.ts";

export interface ProgramLinkArgs {
  /** Where others look for the program. Its folder exists. */
  readonly path: string;
  /** Where it is. */
  readonly target: string;
}

/** A program where others look for it: a link to where it is installed. A program that somebody else has put there is left alone. */
export const programLink = defineResource<ProgramLinkArgs, boolean>({
  kind: "program-link",
  name: ({ path }) => path,
  read: async (host, { path }) => (await host.read(sh`[ -x ${path} ]`)).code === 0,
  diff: ({ target }, there) => (there ? [] : [{ field: "link", from: "no program", to: target }]),
  async apply(host, { path, target }) {
    await command(host, sh`ln -sfn ${target} ${path}`);
  },
});
