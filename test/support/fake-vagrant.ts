import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SshTarget } from "../../src/inventory/cluster.ts";

/** What Vagrant 2.3.4 was seen to say, by a program that can make no machines. */
const SCRIPT = String.raw`#!/bin/sh
say() { printf '%s\n' "$@"; }
say "$VAGRANT_CWD $INVENTORY $*" >>"$FAKE/calls"
case $1 in
  ssh-config)
    shift 2
    [ ! -e "$FAKE/broken" ] || { say '1795183730,,error-exit,Vagrant::Errors::VagrantfileLoadError,There was an error\nloading a Vagrantfile%!(VAGRANT_COMMA) sorry.' && exit 1; }
    for name in "$@"; do
      say "1795183724,$name,metadata,provider,virtualbox"
      if [ ! -e "$FAKE/up/$name" ]; then
        say '1795183726,,ui,error,The provider for this Vagrant-managed machine is reporting that it\nis not yet ready for SSH.'
        say '1795183726,,error-exit,Vagrant::Errors::SSHNotReady,The provider for this Vagrant-managed machine is reporting that it\nis not yet ready for SSH.'
        exit 1
      fi
      say "1795183725,$name,ssh-config,Host $name\n  HostName …\n"
      cat "$FAKE/up/$name"
      say ""
    done ;;
  ssh) cat "$FAKE/keys/$2" ;;
esac
`;

/** A folder with a Vagrantfile, and a `vagrant` that knows its machines; both are gone with the tests. */
export class FakeVagrant {
  readonly root = mkdtempSync(join(tmpdir(), "tripod-test-"));
  /** To be put before PATH. */
  readonly bin = join(this.root, "bin");
  readonly folder = join(this.root, "vagrant");

  constructor() {
    for (const name of ["bin", "up", "keys", "vagrant"]) mkdirSync(join(this.root, name));
    writeFileSync(join(this.folder, "Vagrantfile"), "");
    writeFileSync(join(this.bin, "vagrant"), SCRIPT.replaceAll("$FAKE", this.root));
    chmodSync(join(this.bin, "vagrant"), 0o755);
  }

  /** `vagrant up` of one machine, which is reached so and shows these host keys (lines of `type base64 comment`). */
  up(name: string, { address, port, user, identityFiles }: Partial<SshTarget>, hostKeys: string): void {
    const machine = join(this.folder, ".vagrant/machines", name, "virtualbox");
    mkdirSync(machine, { recursive: true });
    writeFileSync(join(machine, "id"), "b7a3");
    writeFileSync(join(this.root, "keys", name), hostKeys);
    const files = identityFiles ?? [join(machine, "private_key")];
    const lines = [
      `Host ${name}`,
      `  HostName ${address ?? "127.0.0.1"}`,
      `  User ${user ?? "vagrant"}`,
      `  Port ${port ?? 2222}`,
      "  UserKnownHostsFile /dev/null",
      "  StrictHostKeyChecking no",
      "  PasswordAuthentication no",
      ...files.map((file) => `  IdentityFile ${file.includes(" ") ? JSON.stringify(file) : file}`),
      "  IdentitiesOnly yes",
      "  LogLevel FATAL",
    ];
    writeFileSync(join(this.root, "up", name), `${lines.join("\n")}\n`);
  }

  halt(name: string): void {
    rmSync(join(this.root, "up", name));
  }

  /** Vagrant forgets all it knew of the machine. */
  destroy(name: string): void {
    this.halt(name);
    rmSync(join(this.folder, ".vagrant/machines", name), { recursive: true });
  }

  breakVagrantfile(): void {
    writeFileSync(join(this.root, "broken"), "");
  }

  /** `VAGRANT_CWD INVENTORY command …` of each call since the last question. */
  calls(): string[] {
    const log = join(this.root, "calls");
    if (!existsSync(log)) return [];
    const lines = readFileSync(log, "utf8").trim().split("\n");
    rmSync(log);
    return lines;
  }
}
