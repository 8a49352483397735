import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs openssl in a folder with these files, which is removed afterwards. Throws with openssl's output. */
export function openssl(files: Readonly<Record<string, string | Buffer>>, ...args: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "tripod-pki-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content, { mode: 0o600 });
    return execFileSync("openssl", args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function describeCertificate(certificate: string): string {
  return openssl({ "it.crt": certificate }, "x509", "-in", "it.crt", "-noout", "-text");
}

/** Checks as strictly as openssl can, as of `at`. Throws with openssl's reason. */
export function verifyStrictly(certificate: string, authority: string, at: Date, ...more: string[]): string {
  const time = String(Math.floor(at.getTime() / 1000));
  const args = ["verify", "-x509_strict", "-attime", time, ...more, "-CAfile", "ca.crt", "it.crt"];
  return openssl({ "ca.crt": authority, "it.crt": certificate }, ...args);
}
