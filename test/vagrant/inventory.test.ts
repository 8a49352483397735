import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { withLab } from "../../src/lab/overrides.ts";
import { loadCluster } from "../../src/inventory/load.ts";
import { failure } from "../support/sshd.ts";
import { temporaryFolder } from "../support/programs.ts";

function inventory(folder: string, more = ""): string {
  mkdirSync(join(folder, "inventories"), { recursive: true });
  const file = join(folder, "inventories/own.yaml");
  writeFileSync(
    file,
    `name: own
kubernetes: { version: "1.36.3" }
loadBalancer: { vip: 192.168.56.10 }
ssh: { vagrant: ../vagrant }
masters: [{ name: m1, address: 192.168.56.11 }]
${more}`,
  );
  return file;
}

function vagrantfile(folder: string): void {
  mkdirSync(join(folder, "vagrant"));
  writeFileSync(join(folder, "vagrant/Vagrantfile"), "");
}

describe("an inventory of Vagrant's machines", () => {
  test("knows where their Vagrantfile is, and cuts their power by a forced halt", async () => {
    const folder = temporaryFolder();
    vagrantfile(folder);
    const file = inventory(folder);
    const vagrant = `VAGRANT_CWD='${folder}/vagrant' INVENTORY='${file}' vagrant`;
    expect(await loadCluster(file)).toMatchObject({
      vagrant: join(folder, "vagrant"),
      power: { off: `${vagrant} halt --force {{name}}`, on: `${vagrant} up {{name}}` },
    });
  });

  test("may set its own power commands", async () => {
    const folder = temporaryFolder();
    vagrantfile(folder);
    const own = { off: "plug off {{name}}", on: "plug on {{name}}" };
    expect((await loadCluster(inventory(folder, `power: ${JSON.stringify(own)}\n`))).power).toEqual(own);
  });

  test("is refused without a Vagrantfile", async () => {
    const folder = temporaryFolder();
    const file = inventory(folder);
    expect((await failure(loadCluster(file))).explain()).toContain(`${folder}/vagrant does not exist`);
    mkdirSync(join(folder, "vagrant"));
    expect((await failure(loadCluster(file))).explain()).toContain(`${folder}/vagrant contains no Vagrantfile`);
  });

  test("does not use Vagrant on the lab", async () => {
    const folder = temporaryFolder();
    vagrantfile(folder);
    expect(withLab(await loadCluster(inventory(folder))).vagrant).toBeUndefined();
  });
});
