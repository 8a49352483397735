/**
 * The argv of a program that mounts things or starts processes of its own while it builds: in mount and process namespaces that end,
 * with everything in them, when the program ends or when Tripod dies.
 */
export function isolated(argv: readonly string[]): string[] {
  return [
    "setpriv",
    "--pdeathsig",
    "KILL",
    "unshare",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
    ...argv,
  ];
}
