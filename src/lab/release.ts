import { TripodError } from "../errors.ts";

export const DEBIAN_RELEASES = ["bookworm", "trixie"] as const;

/** A release of Debian: 12 or 13. */
export type DebianRelease = (typeof DEBIAN_RELEASES)[number];

/** A Debian 12 with the os-release, dnf, rpm and firewalld of RHEL 9's family; only as a pristine host. what it proves is in docs/lab.md. */
export const EL9_LIKE = "el9-like";

export const RELEASES = [...DEBIAN_RELEASES, EL9_LIKE] as const;

/** What a host runs. */
export type Release = (typeof RELEASES)[number];

/** The release of Debian whose programs it has. */
export function debianOf(release: Release): DebianRelease {
  return release === EL9_LIKE ? "bookworm" : release;
}

/** Of a new lab for which none is asked. */
export const DEFAULT_RELEASE: DebianRelease = "bookworm";

/** The releases of hosts. */
export interface Releases {
  readonly named: Readonly<Record<string, Release>>;
  /** The release of all other hosts. */
  readonly others?: Release;
}

/**
 * Parses a command line's releases: `trixie` for all hosts, `trixie=w1,w2` for some of them.
 * @param hosts the known names
 * @throws TripodError E_USAGE
 */
export function parseReleases(texts: readonly string[], hosts: readonly string[]): Releases {
  const named: Record<string, Release> = {};
  let others: Release | undefined;
  for (const text of texts) {
    const [name = "", list] = text.split("=", 2);
    const release = RELEASES.find((known) => known === name);
    if (!release)
      throw new TripodError("E_USAGE", `unknown release: ${name}`, {
        hint: `use ${RELEASES.join(" or ")}: --release trixie, or --release trixie=w1,w2`,
      });
    if (list === undefined) {
      if (others !== undefined && others !== release) throw twice("all hosts", others, release);
      others = release;
      continue;
    }
    for (const host of list.split(",")) {
      if (!hosts.includes(host))
        throw new TripodError("E_USAGE", `--release ${text}: unknown machine ${host}`, {
          hint: `the lab's machines are ${hosts.join(", ")}`,
        });
      const before = named[host];
      if (before !== undefined && before !== release) throw twice(host, before, release);
      named[host] = release;
    }
  }
  return { named, ...(others && { others }) };
}

function twice(whom: string, one: Release, other: Release): TripodError {
  return new TripodError("E_USAGE", `--release sets both ${one} and ${other} for ${whom}`, {
    hint: "name one of them",
  });
}
