/**
 * When a key may be changed, once a cluster stands. `any time`: an apply carries it out. `at birth`: another value is refused, with what
 * stands. `operator's side`: it says how Tripod works, and changes nothing on any host.
 */
export type Life = "any time" | "at birth" | "operator's side";

declare module "zod" {
  interface GlobalMeta {
    /** Of a key, or of all keys of a map that do not say otherwise. */
    life?: Life;
  }
}
