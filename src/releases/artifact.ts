/** A part of the node's software that comes from one place as a whole. */
export const COMPONENTS = ["kubernetes", "etcd", "containerd", "cni"] as const;
export type SoftwareComponent = (typeof COMPONENTS)[number];

/** The processor names of Go's releases. */
export const ARCHITECTURES = ["amd64", "arm64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

interface ReleasedFile {
  /** Its path in the archive; undefined where the download is the program itself. */
  readonly member?: string;
  /** Where it is installed, absolute. */
  readonly path: string;
}

/** One download of a project's release, and what of it is installed. */
export interface Artifact {
  /** `kubelet`, `etcd`, `cni-plugins`: names its record on hosts. */
  readonly name: string;
  /** Without a leading v. */
  readonly version: string;
  readonly url: string;
  /** The project's checksum file: the digest alone, or lines of `DIGEST  FILE`. */
  readonly checksums: string;
  readonly files: readonly ReleasedFile[];
}

/** Go's name of `uname -m`; undefined where the projects release nothing that Tripod knows. */
export function architectureOf(machine: string): Architecture | undefined {
  if (machine === "x86_64") return "amd64";
  return machine === "aarch64" ? "arm64" : undefined;
}

/** The file's name, the last part of the URL. */
export function fileName({ url }: Pick<Artifact, "url">): string {
  return new URL(url).pathname.split("/").at(-1) ?? "";
}
