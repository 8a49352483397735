import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority, issue } from "../../../src/pki/authority.ts";
import { etcdCertificates } from "../../../src/pki/etcd.ts";
import { cacheFolder } from "../../../src/xdg.ts";
import { release } from "../../../src/resources/release.ts";
import { binary } from "../../../src/resources/binary.ts";
import { certificate } from "../../../src/resources/certificate.ts";
import { directory } from "../../../src/resources/directory.ts";
import { editedFile } from "../../../src/resources/edited-file.ts";
import { file } from "../../../src/resources/file.ts";
import { Secret } from "../../../src/secret.ts";
import type { ResourceCase } from "./resource-case.ts";

/** As if the operator's machine had fetched it before: the throw-away machines reach no network. */
const program = "#!/bin/sh\necho new\n";
const releasedDigest = createHash("sha256").update(program).digest("hex");
const released = {
  ...{ name: "kubectl", version: "1.36.3", url: "https://releases.invalid/kubectl", checksums: "" },
  files: [{ path: "/usr/local/bin/kubectl" }],
};
process.env["XDG_CACHE_HOME"] = mkdtempSync(join(tmpdir(), "tripod-contract-"));
const kept = join(cacheFolder(), "releases", releasedDigest);
mkdirSync(kept, { recursive: true });
writeFileSync(join(kept, "kubectl"), program);

const now = new Date();
const authority = await createAuthority({ commonName: "etcd-ca", keys: "ecdsa-p256", validityDays: 10 }, now);
const pairs = etcdCertificates({ name: "m1", address: "10.0.0.11" }, { keys: "ecdsa-p256", validity: 365 });
const [server, , healthcheck] = pairs;
if (!server || !healthcheck) throw new Error("etcd has other certificates now");
const expiring = await issue(authority, { ...server.request, validityDays: 3 }, now);
const healthy = await issue(authority, healthcheck.request, now);
const leaf = (files: typeof server) => certificate({ files, authority, renewBefore: 30 });

const PASSWORD = "correct horse battery staple";

export const FILES: readonly ResourceCase[] = [
  {
    of: "directory",
    title: "directories, of which one has another mode and another owner",
    prepare: (machine) => machine.write("/etc/old/inside", "kept"),
    make: () => [
      directory({ path: "/etc/old", mode: 0o700, owner: "nobody", group: "root" }),
      directory({ path: "/etc/new/below", mode: 0o755 }),
    ],
  },
  {
    of: "file",
    title: "files, of which one has another text and one another mode",
    prepare(machine) {
      machine.write("/etc/text.conf", "a = 1\nb = 2\n");
      machine.write("/etc/mode.conf", "the same\n", 0o600);
    },
    make: () => [
      file({ path: "/etc/text.conf", content: "a = 1\nb = 3\n", mode: 0o644 }),
      file({ path: "/etc/mode.conf", content: "the same\n", mode: 0o644 }),
      file({ path: "/etc/it's new", content: "", mode: 0o755 }),
    ],
  },
  {
    of: "file",
    title: "a secret file",
    prepare: (machine) => machine.write("/etc/secret", "older, and a secret too"),
    make: () => [
      file({ path: "/etc/secret", content: new Secret(PASSWORD), mode: 0o600 }),
      file({ path: "/etc/secret.new", content: new Secret(PASSWORD), mode: 0o600 }),
    ],
    secrets: () => [PASSWORD, "older, and a secret too"],
  },
  {
    of: "editedFile",
    title: "a line of ours in a file of others",
    prepare: (machine) => machine.write("/etc/shared.conf", "theirs\n", 0o640),
    make: () => [
      editedFile({
        path: "/etc/shared.conf",
        edit: (text) => (text.includes("ours\n") ? text : `${text}ours\n`),
      }),
    ],
  },
  {
    of: "binary",
    title: "a program of the operator's",
    prepare(machine) {
      machine.write("/operator/program", "#!/bin/sh\necho new\n");
      machine.write("/usr/local/bin/program", "#!/bin/sh\necho old\n", 0o755);
    },
    make: (machine) => [
      binary({ localPath: join(machine.root, "operator/program"), path: "/usr/local/bin/program" }),
      binary({ localPath: join(machine.root, "operator/program"), path: "/usr/local/bin/another" }),
    ],
  },
  {
    of: "release",
    title: "a program of a release that is uploaded, because the host does not reach its source",
    prepare(machine) {
      machine.write("/usr/local/bin/kubectl", "#!/bin/sh\necho old\n", 0o755);
    },
    make: () => [release({ artifact: released, sha256: releasedDigest })],
  },
  {
    of: "certificate",
    title: "certificates: one missing, one about to expire, one with its key open to all",
    prepare(machine) {
      machine.write("/etc/group", "root:x:0:\nnogroup:x:65534:\netcd:x:90:\n");
      machine.write(server.certificate.path, expiring.certificate);
      machine.write(server.key.path, expiring.key.reveal(), 0o640);
      machine.write(healthcheck.certificate.path, healthy.certificate);
      machine.write(healthcheck.key.path, healthy.key.reveal(), 0o644);
      machine.write("/etc/kubernetes/pki/.keep", "");
    },
    make: () => pairs.map(leaf),
    secrets: (machine) => [authority.key.reveal(), ...pairs.map(({ key }) => machine.read(key.path))].flatMap(lines),
    everNew: /\/(server|peer|apiserver-etcd-client)\.(crt|key)$/,
  },
];

/** A key may be seen in part. */
function lines(pem: string): string[] {
  return pem.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));
}
