/** Minors of Kubernetes 1.x, both included; what is absent has no end within those that Tripod knows. */
export interface MinorRange {
  readonly since?: number;
  readonly last?: number;
}

/** A value that a field takes. */
export interface Value extends MinorRange {
  /** Before the minor `on` this feature gate of the component has to be set to true. */
  readonly gate?: { readonly name: string; readonly on: number };
}

/** A field of a component's configuration, or an item of one that is a list. */
export interface Field extends MinorRange {
  /** Empty: nothing is known of what is in it, which is free. */
  readonly fields: ReadonlyMap<string, Field>;
  /** Empty: any. */
  readonly values: ReadonlyMap<string, Value>;
}

/** A program of Kubernetes that reads its own configuration file. */
export interface Component extends Field {
  /** As a sentence begins with it. */
  readonly title: string;
}

/** The same for people who write tables. A path is its keys with dots between them; lists are passed over: `reservedMemory.numaNode`. */
export interface Table {
  /** By the first minor that has them: paths with spaces between them. Those that lead there need not be named. */
  readonly since: Readonly<Record<number, string>>;
  /** By path: the last minor that has it. */
  readonly last?: Readonly<Record<string, number>>;
  readonly values?: Readonly<Record<string, Readonly<Record<string, Value>>>>;
}

interface Mutable extends MinorRange {
  readonly fields: Map<string, Mutable>;
  values: ReadonlyMap<string, Value>;
}

/** A table as a tree, which is the shape of a configuration. */
export function component(title: string, { since, last = {}, values = {} }: Table): Component {
  const root: Mutable = { fields: new Map(), values: new Map() };
  // Numbers are an object's first keys and are in order: whatever leads to a field is as old as the oldest of them.
  for (const [minor, paths] of Object.entries(since))
    for (const path of paths.trim().split(/\s+/)) {
      const steps = path.split(".");
      let around = root;
      for (const [depth, step] of steps.entries()) {
        const end = depth === steps.length - 1 && last[path] !== undefined ? { last: last[path] } : {};
        const field = around.fields.get(step) ?? { since: Number(minor), ...end, fields: new Map(), values: new Map() };
        around.fields.set(step, field);
        around = field;
      }
      around.values = new Map(Object.entries(values[path] ?? {}));
    }
  return { title, ...root };
}

/** Whether a minor has it. Undefined, the minor is not known: so is everything. */
export function has({ since = 0, last = Infinity }: MinorRange, minor: number | undefined): boolean {
  return minor === undefined || (minor >= since && minor <= last);
}

/** `from 1.29 on`, `up to 1.25` */
export function spanned({ since = 0, last }: MinorRange): string {
  return last === undefined ? `from 1.${since} on` : `up to 1.${last}`;
}
