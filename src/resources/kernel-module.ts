import { sh } from "../remote/shell.ts";
import { command } from "./command.ts";
import { defineResource } from "./resource.ts";

/** A kernel module that is loaded, or built in. */
export const kernelModule = defineResource<{ readonly name: string }, boolean>({
  kind: "kernel-module",
  name: ({ name }) => name,
  async read(host, { name }) {
    const script = sh`[ -d ${`/sys/module/${name}`} ] ||
grep -qsF ${`/${name}.ko`} "/lib/modules/$(uname -r)/modules.builtin" ||
grep -q ${`^nodev[[:space:]]*${name}$`} /proc/filesystems`;
    return (await host.read(script)).code === 0;
  },
  diff: (_, loaded) => (loaded ? [] : [{ field: "module", from: "not loaded", to: "loaded" }]),
  async apply(host, { name }) {
    await command(host, sh`modprobe ${name}`);
  },
});
