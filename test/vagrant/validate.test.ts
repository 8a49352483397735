import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { because, missingPrograms, temporaryFolder } from "../support/programs.ts";

const root = join(import.meta.dirname, "../..");
const noVagrant = missingPrograms("vagrant");

/** Vagrant's own validation, with the configuration of this provider's plugin but without its hypervisor. */
function validate(provider: string, edit: (text: string) => string = (text) => text): string {
  const folder = temporaryFolder();
  const inventory = join(folder, "inventory.yaml");
  writeFileSync(inventory, edit(readFileSync(join(root, "inventories/vagrant.yaml"), "utf8")));
  const { stdout, stderr } = spawnSync("vagrant", ["validate", "--ignore-provider"], {
    cwd: join(root, "vagrant"),
    encoding: "utf8",
    env: {
      ...process.env,
      INVENTORY: inventory,
      VAGRANT_CWD: join(root, "vagrant"),
      VAGRANT_HOME: join(folder, "home"),
      VAGRANT_DOTFILE_PATH: join(folder, "dotfiles"),
      VAGRANT_DEFAULT_PROVIDER: provider,
    },
  });
  return stdout + stderr;
}

/** A plugin that Vagrant does not come with. */
const FIND = 'Gem::Specification.find_by_name("vagrant-libvirt")';
const noLibvirt =
  noVagrant ?? (spawnSync("ruby", ["-e", FIND]).status === 0 ? undefined : "vagrant-libvirt not installed");

// Each question starts Ruby with all of Vagrant, which takes its time on a busy machine.
describe("Vagrant itself", { timeout: 120_000 }, () => {
  test.skipIf(noVagrant)(`finds the sample inventory's machines for VirtualBox valid${because(noVagrant)}`, () => {
    expect(validate("virtualbox")).toContain("Vagrantfile validated successfully.");
  });

  test.skipIf(noLibvirt)(`finds them valid for libvirt${because(noLibvirt)}`, () => {
    expect(validate("libvirt")).toContain("Vagrantfile validated successfully.");
  });

  test.skipIf(noVagrant)(`reports where an inventory does not fit${because(noVagrant)}`, () => {
    const said = validate("virtualbox", (text) => text.replaceAll("192.168.56.", "10.7.3."));
    expect(said).toContain("* VirtualBox would refuse the host-only network 10.7.3.0/24");
    expect(said).not.toMatch(/\.rb:\d+/);
  });

  test.skipIf(noVagrant)(`reports an invalid file without a stack trace${because(noVagrant)}`, () => {
    const said = validate("virtualbox", () => "masters: [");
    expect(said).toMatch(/^The inventory \S+ is not valid YAML: /m);
    expect(said).not.toMatch(/\.rb:\d+/);
  });
});
