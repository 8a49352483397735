import { sh } from "../remote/shell.ts";
import { command } from "./command.ts";
import { defineResource } from "./resource.ts";

export interface UserArgs {
  readonly name: string;
  readonly home: string;
}

/** A system user without a shell, and a group of the same name. */
export const user = defineResource<UserArgs, boolean>({
  kind: "user",
  name: ({ name }) => name,
  read: async (host, { name }) => (await host.read(sh`id -u ${name} && getent group ${name}`)).code === 0,
  diff: (_, exists) => (exists ? [] : [{ field: "user", from: "absent", to: "system user" }]),
  async apply(host, { name, home }) {
    await command(
      host,
      sh`getent group ${name} >/dev/null || groupadd --system ${name}
id -u ${name} >/dev/null 2>&1 || useradd --system --gid ${name} --home-dir ${home} --no-create-home --shell /usr/sbin/nologin ${name}`,
    );
  },
});
