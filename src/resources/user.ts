import { quote } from "../remote/shell.ts";
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
  read: async (host, { name }) => (await host.read(`id -u ${quote(name)} && getent group ${quote(name)}`)).code === 0,
  diff: (_, exists) => (exists ? [] : [{ field: "user", from: "absent", to: "system user" }]),
  async apply(host, { name, home }) {
    const n = quote(name);
    await command(
      host,
      `getent group ${n} >/dev/null || groupadd --system ${n}
id -u ${n} >/dev/null 2>&1 || useradd --system --gid ${n} --home-dir ${quote(home)} --no-create-home --shell /usr/sbin/nologin ${n}`,
    );
  },
});
