import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { local } from "../local.ts";

/** By an image's complete name: the digest of its manifest. */
type Names = Readonly<Record<string, string>>;

interface Index {
  readonly manifests: readonly { readonly digest: string; readonly annotations?: Readonly<Record<string, string>> }[];
}

const NAMES = "names.json";

/** Unpacks image archives (OCI layouts; those of `docker save` are left out) into one folder, from which a registry serves them. */
export async function publishImages(images: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const archives = (await readdir(images)).filter((name) => name.endsWith(".tar")).toSorted();
  const names: Record<string, string> = {};
  for (const archive of archives.map((name) => join(images, name))) {
    const files = (await local(["tar", "-tf", archive])).split("\n");
    if (!files.includes("index.json")) continue;
    const { manifests } = JSON.parse(await local(["tar", "-xOf", archive, "index.json"])) as Index;
    for (const { digest, annotations } of manifests) {
      const name = annotations?.["io.containerd.image.name"];
      if (name !== undefined) names[name] = digest;
    }
    await local(["tar", "-xf", archive, "-C", folder, "blobs"]);
  }
  await writeFile(join(folder, NAMES), JSON.stringify(names));
}

/** `registry.k8s.io` and others. */
export async function registriesIn(folder: string): Promise<string[]> {
  const names = JSON.parse(await readFile(join(folder, NAMES), "utf8")) as Names;
  return [...new Set(Object.keys(names).map((name) => name.split("/", 1).join("")))];
}
