import { sh } from "../remote/shell.ts";
import { command } from "./command.ts";
import { defineResource } from "./resource.ts";

export interface DirectoryArgs {
  readonly path: string;
  /** Permission bits: 0o755. */
  readonly mode: number;
  readonly owner?: string;
  readonly group?: string;
}

/** A directory with this mode and owner, or a link to one: /var/lib/etcd may be on its own disk. */
export const directory = defineResource<DirectoryArgs, string>({
  kind: "directory",
  name: ({ path }) => path,
  read: async (host, { path }) => (await host.read(sh`[ -d ${path} ] && stat -Lc '%a %U:%G' ${path}`)).stdout.trim(),
  diff({ mode, owner = "root", group = "root" }, state) {
    const wanted = `${mode.toString(8)} ${owner}:${group}`;
    return state === wanted ? [] : [{ field: "directory", from: state || "absent", to: wanted }];
  },
  async apply(host, args) {
    await command(host, install(args));
  },
  async applyAll(host, parts) {
    await command(host, parts.map(({ args }) => install(args)).join(" &&\n"));
  },
});

function install({ path, mode, owner = "root", group = "root" }: DirectoryArgs): string {
  return sh`install -d -m ${mode.toString(8)} -o ${owner} -g ${group} ${path}`;
}
