import type { Fact } from "../../src/facts/fact.ts";
import type { Host } from "../../src/host.ts";
import type { Machine } from "../../src/inventory/cluster.ts";
import { debian } from "../../src/os/debian.ts";
import type { Result } from "../../src/remote/connection.ts";
import { testMachine } from "./cluster.ts";

export interface ScriptedHostOptions {
  readonly machine?: Machine;
  /** What the host says to a script: stdout, or more of a result. */
  readonly answer?: (script: string) => string | Partial<Result>;
  /** Its facts; it is not asked for others. */
  readonly facts?: readonly (readonly [Fact<unknown>, unknown])[];
}

/** A host that is nowhere: a test says what it answers. */
export function scriptedHost(options: ScriptedHostOptions = {}): Host {
  const { machine = testMachine("m1", "10.0.0.11", "master"), facts = [] } = options;
  const answer = options.answer ?? ((script: string) => expectNoScript(script));
  const read = (script: string): Promise<Result> => {
    const said = answer(script);
    return Promise.resolve({
      code: 0,
      stdout: "",
      stderr: "",
      ...(typeof said === "string" ? { stdout: said } : said),
    });
  };
  const known = new Map<Fact<unknown>, unknown>(facts);
  return {
    name: machine.name,
    machine,
    os: debian,
    read,
    fact<T>(fact: Fact<T>) {
      if (!known.has(fact)) throw new Error(`${machine.name} was not given the fact ${fact.name}`);
      return known.get(fact) as T;
    },
    connection: {
      name: machine.name,
      traffic: { commands: 0, bytesSent: 0, bytesReceived: 0 },
      run: read,
      dial: () => Promise.reject(new Error("not dialled here")),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
  };
}

/** What a host says to the first of these words that a script has; nothing to any other. */
export function answering(
  answers: Readonly<Record<string, string | Partial<Result>>>,
): (script: string) => string | Partial<Result> {
  return (script) => Object.entries(answers).find(([word]) => script.includes(word))?.[1] ?? "";
}

function expectNoScript(script: string): never {
  throw new Error(`nothing should be asked: ${script}`);
}
