import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import type { Host } from "../../src/host.ts";
import { image } from "../../src/resources/image.ts";
import { temporaryFolder } from "../support/programs.ts";
import { impatient } from "../support/working.ts";
import { scriptedHost } from "../support/scripted-host.ts";

/** A tar archive with these files. */
function archive(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, "in", dirname(name)), { recursive: true });
    writeFileSync(join(folder, "in", name), text);
  }
  execFileSync("tar", ["-cf", join(folder, "out.tar"), "-C", join(folder, "in"), ...Object.keys(files)]);
  return join(folder, "out.tar");
}

const empty = scriptedHost({ answer: () => "" });
async function missing(file: string, host: Host = empty): Promise<(string | undefined)[]> {
  const inspection = await image({ archive: file, name: "images" }).inspect(host, impatient);
  return inspection.changes(new Set()).map(({ to }) => to);
}

test("an archive of docker names its images in its manifest", async () => {
  const names = ["registry.example/pause:3.2", "registry.example/dns:1"];
  const file = archive({ "manifest.json": JSON.stringify([{ RepoTags: [names[0]] }, { RepoTags: [names[1]] }]) });
  expect(await missing(file)).toEqual(names);
});

test("an OCI layout names its images in annotations, in full or, failing that, by reference", async () => {
  const manifests = [
    {
      annotations: {
        "io.containerd.image.name": "registry.example/pause:3.2",
        "org.opencontainers.image.ref.name": "3.2",
      },
    },
    { annotations: { "org.opencontainers.image.ref.name": "registry.example/dns:1" } },
  ];
  expect(await missing(archive({ "index.json": JSON.stringify({ manifests }) }))).toEqual([
    "registry.example/pause:3.2",
    "registry.example/dns:1",
  ]);
});

test("only the images that containerd does not have yet are missing", async () => {
  const file = archive({ "manifest.json": '[{"RepoTags":["registry.example/a:1","registry.example/b:1"]}]' });
  const host = scriptedHost({ answer: () => "registry.example/a:1\nregistry.example/b:10\n" });
  expect(await missing(file, host)).toEqual(["registry.example/b:1"]);
});

test.each([
  ["a tar file of something else", { "readme.txt": "hello" }],
  ["an archive without names", { "manifest.json": '[{"RepoTags":null}]' }],
  ["an archive with a broken manifest", { "manifest.json": "{" }],
])("%s is refused, with how to make one", async (_, files) => {
  const file = archive(files);
  await expect(missing(file)).rejects.toMatchObject({
    code: "E_LOCAL",
    message: `${file} is not an image archive`,
    details: { hint: expect.stringContaining("docker save") as string },
  });
});
