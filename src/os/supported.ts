interface SupportedRelease {
  /** `ID` of /etc/os-release. */
  readonly id: string;
  /** `VERSION_ID`, or its part before the dot where any minor release will do. */
  readonly versions: readonly string[];
  readonly title: string;
}

/**
 * Releases that Tripod supports; os-release(5) names them.
 * - Debian: https://www.debian.org/releases/ (12 until June 2028, 13 until June 2030, LTS included)
 * - Ubuntu LTS: https://ubuntu.com/about/release-cycle (22.04 until 2027, 24.04 until 2029, 26.04 until 2031)
 * - RHEL and compatible: https://access.redhat.com/support/policy/updates/errata (9 until May 2032, 10 until May 2035)
 */
const RELEASES: readonly SupportedRelease[] = [
  { id: "debian", versions: ["12", "13"], title: "Debian 12 and 13" },
  { id: "ubuntu", versions: ["22.04", "24.04", "26.04"], title: "Ubuntu 22.04, 24.04 and 26.04" },
  ...["rhel", "rocky", "almalinux", "centos", "ol"].map((id) => ({
    id,
    versions: ["9", "10"],
    title: "RHEL 9 and 10, and Rocky, AlmaLinux, CentOS Stream and Oracle Linux of the same versions",
  })),
];

/** `Debian 12 and 13; …` */
export const SUPPORTED_SYSTEMS = [...new Set(RELEASES.map(({ title }) => title))].join("; ");

/** Whether a system of this /etc/os-release is supported; undefined: a relative of one, of which nothing is known. */
export function isSupported(release: Readonly<Record<string, string>>): boolean | undefined {
  const { ID = "", VERSION_ID = "" } = release;
  const known = RELEASES.find(({ id }) => id === ID);
  if (!known) return undefined;
  return known.versions.some((version) => VERSION_ID === version || VERSION_ID.startsWith(`${version}.`));
}
