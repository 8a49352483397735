import type { Host } from "../host.ts";
import type { Secret } from "../secret.ts";
import type { Condition } from "../condition.ts";

/** One field of one resource that differs from what is wanted. `diff` is a unified diff where the field is a text file. */
export interface Change {
  readonly field: string;
  readonly from?: string;
  readonly to?: string;
  readonly diff?: string;
  /** Instead of `diff`, where not every user of the host may read that file: in JSON, and so in records and reports, it is `***`. */
  readonly secret?: Secret;
}

/** What a plan shows for a value that only exists once something else has been applied. */
export const KNOWN_AFTER_APPLY = "(known after apply)";

/** What a resource may use while it reads and applies. */
export interface Working {
  readonly signal: AbortSignal;
  /** Reports what a long apply is doing; shown beside the host, never stored. */
  progress(text: string): void;
  /** Waits until the condition holds; screens show the wait. */
  wait(condition: Condition): Promise<void>;
}

export interface Inspection {
  /**
   * What differs from what is wanted; empty: nothing. Pure. `pending` holds the keys (`kind:name`) of resources of this host that a plan
   * would have changed by now, and the paths of the files that they write, for what follows from them (a restart); in an apply it is
   * empty, because everything is read again.
   */
  changes(pending: ReadonlySet<string>): readonly Change[];
  apply(): Promise<void>;
  /** Where neighbours of the same kind can be applied in one command: the command, and this resource's part in it. */
  readonly batch?: Batch;
}

/** Neighbouring parts of the same `kind` of batch are applied together, in their order. */
interface Batch<Part = unknown> {
  readonly kind: string;
  readonly part: Part;
  apply(parts: readonly Part[]): Promise<void>;
}

/** A part of a host that can be read, compared and applied. */
export interface Resource {
  readonly kind: string;
  readonly name: string;
  /** The files that its apply writes, absolute; default: none. */
  readonly writes?: readonly string[];
  inspect(host: Host, working: Working): Promise<Inspection>;
}

export interface ResourceDefinition<Args, State> {
  readonly kind: string;
  name(args: Args): string;
  /** The files that `apply` writes and that a process may read, absolute. */
  writes?(args: Args): readonly string[];
  /** Reads the state through `host.read`; never writes. */
  read(host: Host, args: Args): Promise<State>;
  /** Pure. */
  diff(args: Args, state: State, pending: ReadonlySet<string>): readonly Change[];
  apply(host: Host, args: Args, state: State, working: Working): Promise<void>;
  /** Several of this kind in one command, where that is possible. */
  applyAll?(host: Host, parts: readonly { readonly args: Args; readonly state: State }[]): Promise<void>;
}

export function key(resource: Pick<Resource, "kind" | "name">): string {
  return `${resource.kind}:${resource.name}`;
}

/** Makes a resource's constructor from its three parts: read, diff, apply. */
export function defineResource<Args, State>(definition: ResourceDefinition<Args, State>): (args: Args) => Resource {
  return (args) => ({
    kind: definition.kind,
    name: definition.name(args),
    writes: definition.writes?.(args) ?? [],
    async inspect(host, working) {
      const state = await definition.read(host, args);
      const { kind } = definition;
      return {
        changes: (pending) => definition.diff(args, state, pending),
        apply: () => definition.apply(host, args, state, working),
        ...(definition.applyAll && {
          batch: {
            kind,
            part: { args, state },
            apply: (parts) => definition.applyAll?.(host, parts as { args: Args; state: State }[]) ?? Promise.resolve(),
          },
        }),
      };
    },
  });
}
