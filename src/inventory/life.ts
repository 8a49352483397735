/**
 * When a key may be changed in an existing cluster. `any time`: an apply carries it out. `at creation`: another value is refused, and the
 * current one is shown. `operator's side`: it sets how Tripod works, and changes nothing on any host.
 */
export type Life = "any time" | "at creation" | "operator's side";

declare module "zod" {
  interface GlobalMeta {
    /** For a key, or for all keys of a map that do not set it themselves. */
    life?: Life;
  }
}
