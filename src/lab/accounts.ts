/** A user of a Unix machine with a group of their own, as lines of passwd(5), shadow(5) and group(5). No password opens it. */
export interface Account {
  readonly id: number;
  readonly passwd: string;
  readonly shadow: string;
  readonly group: string;
}

/** The next ordinary user of a machine with this /etc/passwd, as adduser(8) would make it; undefined if the user is there already. */
export function newAccount(passwd: string, name: string): Account | undefined {
  const users = passwd.split("\n").map((line) => line.split(":"));
  if (users.some(([user]) => user === name)) return undefined;
  const ordinary = users.map(([, , id]) => Number(id)).filter((id) => id >= 1000 && id < 60000);
  const id = Math.max(999, ...ordinary) + 1;
  return {
    id,
    passwd: `${name}:x:${id}:${id}::/home/${name}:/bin/bash\n`,
    shadow: `${name}:*:19000:0:99999:7:::\n`,
    group: `${name}:x:${id}:\n`,
  };
}
