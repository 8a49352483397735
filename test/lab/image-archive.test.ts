import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packImage } from "../../src/lab/image-archive.ts";
import { missingPrograms, run, temporaryFolder } from "../support/programs.ts";

async function pack(folder: string, name = "registry.example/tools/pause:3.2"): Promise<string> {
  const root = join(folder, "root");
  await mkdir(root, { recursive: true });
  await writeFile(join(root, "pause"), "#!/bin/sh\n", { mode: 0o755 });
  const file = join(folder, "pause.tar");
  await packImage(name, root, { entrypoint: ["/pause", "-P"] }, file);
  return file;
}

test.skipIf(missingPrograms("zstd"))(
  "an image's archive has the name under which containerd will know it",
  async () => {
    const file = await pack(temporaryFolder());
    const index = run("tar", "-xOf", file, "index.json").said;
    expect(index).toContain('"io.containerd.image.name":"registry.example/tools/pause:3.2"');
    expect(
      run("tar", "-tf", file)
        .said.split("\n")
        .filter((name) => /sha256\/\w{64}$/.test(name)),
    ).toHaveLength(3);
  },
);

test.skipIf(missingPrograms("zstd"))("the same files make the same archive, byte for byte", async () => {
  const files = [await pack(temporaryFolder()), await pack(temporaryFolder())] as const;
  expect(run("cmp", ...files)).toEqual({ code: 0, said: "" });
});

test.skipIf(missingPrograms("zstd", "skopeo"))("skopeo finds a whole image in it", async () => {
  const folder = temporaryFolder();
  const file = await pack(folder);
  const { code, said } = run("skopeo", "inspect", "--config", `oci-archive:${file}`);
  expect(code, said).toBe(0);
  expect(JSON.parse(said)).toMatchObject({ config: { Entrypoint: ["/pause", "-P"] } });
  const copied = run("skopeo", "copy", "--insecure-policy", `oci-archive:${file}`, `dir:${folder}/copied`);
  expect(copied.code, copied.said).toBe(0);
});
