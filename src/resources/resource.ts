import type { Host } from "../host.ts";

/** One field of one resource that is not as it should be. `diff` is a unified diff where the field is a text file. */
export interface Change {
  readonly field: string;
  readonly from?: string;
  readonly to?: string;
  readonly diff?: string;
}

export interface InspectContext {
  /** Keys (`kind:name`) of the resources of this host that this walk has changed, or in a plan would have changed, so far. */
  readonly pending: ReadonlySet<string>;
  readonly signal: AbortSignal;
  /** Says what a long apply is doing right now; shown beside the host, never stored. */
  progress(text: string): void;
}

export interface Inspection {
  /** Empty: as it should be. */
  readonly changes: readonly Change[];
  apply(): Promise<void>;
}

/** A thing on a host that can be read, compared and put right. */
export interface Resource {
  readonly kind: string;
  readonly name: string;
  inspect(host: Host, context: InspectContext): Promise<Inspection>;
}

export interface ResourceDefinition<Args, State> {
  readonly kind: string;
  name(args: Args): string;
  /** Reads the state through `host.read`; never writes. */
  read(host: Host, args: Args, context: InspectContext): Promise<State>;
  /** Pure. */
  diff(args: Args, state: State, context: InspectContext): readonly Change[];
  apply(host: Host, args: Args, state: State, context: InspectContext): Promise<void>;
}

export function key(resource: Resource): string {
  return `${resource.kind}:${resource.name}`;
}

/** Makes a resource's constructor from its three parts: read, diff, apply. */
export function defineResource<Args, State>(definition: ResourceDefinition<Args, State>): (args: Args) => Resource {
  return (args) => ({
    kind: definition.kind,
    name: definition.name(args),
    async inspect(host, context) {
      const state = await definition.read(host, args, context);
      return {
        changes: definition.diff(args, state, context),
        apply: () => definition.apply(host, args, state, context),
      };
    },
  });
}
