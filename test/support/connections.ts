import type { Connection, RunOptions } from "../../src/remote/connection.ts";

/** The same connection, and every script that travels over it. */
export function recording(connection: Connection): Connection & { readonly scripts: string[] } {
  const scripts: string[] = [];
  return around(connection, { scripts }, (script, options) => {
    scripts.push(script);
    return connection.run(script, options);
  });
}

/** What a run sees that is killed when its hosts have just done their n-th command: no answer, and nothing after it. */
export function killSwitch(n: number) {
  let ran = 0;
  return {
    /** How many were sent. */
    commands: () => ran,
    through: (connection: Connection): Connection =>
      around(connection, {}, async (script, options) => {
        if (ran >= n) throw new Error("killed");
        const last = ++ran === n;
        const result = await connection.run(script, options);
        if (last) throw new Error("killed");
        return result;
      }),
  };
}

function around<More>(connection: Connection, more: More, run: Connection["run"]): Connection & More {
  return {
    ...more,
    name: connection.name,
    get traffic() {
      return connection.traffic;
    },
    run: (script: string, options?: RunOptions) => run(script, options),
    dial: (host, port) => connection.dial(host, port),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
