export const RELEASES = ["bookworm", "trixie"] as const;

/** A release of Debian: 12 or 13. */
export type Release = (typeof RELEASES)[number];
