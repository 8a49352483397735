import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { missingPackages, requireRoot } from "../../src/lab/programs.ts";
import { temporaryFolder } from "../support/programs.ts";

test("a lab needs root", () => {
  vi.spyOn(process, "getuid").mockReturnValueOnce(1000);
  expect(requireRoot).toThrow("the lab needs root");
});

test("programs that are missing on a fresh machine are reported by Debian package", async () => {
  const folder = temporaryFolder();
  expect(missingPackages([folder])).toEqual([
    "lxc",
    "openssh-client",
    "mmdebstrap",
    "iproute2",
    "zstd",
    "e2fsprogs",
    "gnupg",
  ]);
  for (const program of ["ip", "zstd", "ssh-keyscan", "mkfs.ext4", "gpg-agent"])
    await writeFile(join(folder, program), "");
  expect(missingPackages(["/nonexistent", folder])).toEqual(["lxc", "mmdebstrap"]);
});
