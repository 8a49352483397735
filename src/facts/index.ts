import { cgroups } from "./cgroups.ts";
import { clock } from "./clock.ts";
import type { Fact } from "./fact.ts";
import { firewall } from "./firewall.ts";
import { hardware } from "./hardware.ts";
import { identity } from "./identity.ts";
import { links } from "./links.ts";
import { network } from "./network.ts";
import { packaged } from "./packaged.ts";
import { resolver } from "./resolver.ts";
import { osRelease } from "./os-release.ts";

/** Every fact; all are read after a host is connected. The clock first, so that the others' run time does not distort it. */
export const FACTS: readonly Fact<unknown>[] = [
  clock,
  osRelease,
  identity,
  hardware,
  network,
  links,
  cgroups,
  firewall,
  packaged,
  resolver,
];
