import type { CertificateRequest } from "./authority.ts";

/** Where a file of the PKI is on a host, and who may read it. */
export interface PkiFile {
  readonly path: string;
  readonly mode: number;
  readonly owner: string;
  readonly group: string;
}

/** The two files of a certificate authority. */
export interface AuthorityFiles {
  readonly commonName: string;
  readonly certificate: PkiFile;
  readonly key: PkiFile;
  /** Where copies of the certificate, without the key, must be. */
  readonly copies: readonly PkiFile[];
}

/** The two files of a certificate, and its required contents. */
export interface CertificateFiles {
  readonly certificate: PkiFile;
  readonly key: PkiFile;
  readonly request: CertificateRequest;
}

export const publicFile = (path: string): PkiFile => ({ path, mode: 0o644, owner: "root", group: "root" });
export const privateFile = (path: string): PkiFile => ({ path, mode: 0o600, owner: "root", group: "root" });
