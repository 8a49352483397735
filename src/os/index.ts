import { debian } from "./debian.ts";
import type { OsFamily } from "./os.ts";
import { rhel } from "./rhel.ts";

/** Every OS family. A new one is one file and one word here. @internal exported for its test */
export const OS_FAMILIES: readonly OsFamily[] = [debian, rhel];

/** The family of a host by its /etc/os-release; undefined where Tripod knows none. */
export function osOf(release: Readonly<Record<string, string>>): OsFamily | undefined {
  return OS_FAMILIES.find((family) => family.matches(release));
}
