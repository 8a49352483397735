/** A user of a Unix machine with a group of the same name, as lines of passwd(5), shadow(5) and group(5). Password login is disabled. */
export interface Account {
  readonly name: string;
  readonly id: number;
  readonly passwd: string;
  readonly shadow: string;
  readonly group: string;
}

/** The next ordinary users of a machine with this /etc/passwd, as adduser(8) would create them; existing users are skipped. */
export function newAccounts(passwd: string, names: readonly string[]): Account[] {
  const there = passwd.split("\n").map((line) => line.split(":"));
  const ordinary = there.map(([, , id]) => Number(id)).filter((id) => id >= 1000 && id < 60000);
  const first = Math.max(999, ...ordinary) + 1;
  const fresh = names.filter((name) => !there.some(([user]) => user === name));
  return fresh.map((name, index) => account(name, first + index));
}

function account(name: string, id: number): Account {
  return {
    ...{ name, id },
    passwd: `${name}:x:${id}:${id}::/home/${name}:/bin/bash\n`,
    shadow: `${name}:*:19000:0:99999:7:::\n`,
    group: `${name}:x:${id}:\n`,
  };
}
