import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TripodError } from "../../src/errors.ts";
import { loadCluster, parseInventory } from "../../src/inventory/load.ts";
import { InventoryErrors } from "../../src/inventory/problem.ts";

const SMALL = `name: small
kubernetes: { version: "1.36.3" }
loadBalancer: { vip: 10.0.0.10 }
masters:
  - { name: m1, address: 10.0.0.11 }
`;

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "tripod-inventory-"))));
afterEach(() => rm(folder, { recursive: true }));

async function write(name: string, content: string | Uint8Array): Promise<string> {
  await mkdir(join(folder, name, ".."), { recursive: true });
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

async function failure(path: string): Promise<unknown> {
  return loadCluster(path).then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** What the inventory names and the disk does not have, as `key: message` without the folder's name. */
async function missing(more: string): Promise<string[]> {
  const error = await failure(await write("cluster.yaml", SMALL + more));
  if (!(error instanceof InventoryErrors)) return [];
  return error.errors.map(({ message }) => message.replaceAll(folder, "."));
}

describe("the file itself", () => {
  it("is loaded, with the place of each machine", async () => {
    const cluster = await loadCluster(await write("cluster.yaml", SMALL));
    expect(cluster.name).toBe("small");
    expect(cluster.masters[0]?.origin).toEqual({ file: cluster.file, line: 5, column: 13 });
  });

  it("is searched from the operator's current folder, and shown as the operator wrote it", async () => {
    await write("here/cluster.yaml", SMALL.replace("m1", "M1"));
    const load = loadCluster("here/cluster.yaml", { cwd: folder });
    await expect(load).rejects.toMatchObject({ message: "1 mistake in here/cluster.yaml; nothing was contacted" });
    await write("here/cluster.yaml", SMALL);
    const { file } = await loadCluster("here/cluster.yaml", { cwd: folder });
    expect(file).toBe(join(folder, "here/cluster.yaml"));
  });

  it("may have a byte order mark and the line ends of Windows", () => {
    expect(parseInventory(`\uFEFF${SMALL.replaceAll("\n", "\r\n")}`, "x.yaml").masters[0]?.origin.column).toBe(13);
  });

  it.each([
    ["does not exist", "absent.yaml", "E_USAGE"],
    ["is a folder", ".", "E_USAGE"],
  ])("that %s is a wrong argument", async (reason, name, code) => {
    const error = await failure(join(folder, name));
    expect(error).toMatchObject({ code, message: expect.stringContaining(reason) as string });
  });

  it.skipIf(process.getuid?.() === 0)("that may not be read is a problem of this machine", async () => {
    await chmod(await write("cluster.yaml", SMALL), 0);
    expect(await failure(join(folder, "cluster.yaml"))).toMatchObject({ code: "E_LOCAL" });
  });

  it.each([
    ["of bytes that are no text", Uint8Array.of(0x6e, 0xff, 0xfe), /not UTF-8 text/],
    ["of more than a mebibyte", `# ${"x".repeat(1024 * 1024)}`, /larger than 1 MiB/],
  ])("%s is refused before it is read", async (_, content, message) => {
    const error = await failure(await write("cluster.yaml", content));
    expect(error).toBeInstanceOf(TripodError);
    expect(error).toMatchObject({ code: "E_LOCAL", message: expect.stringMatching(message) as string });
  });
});

describe("the files it names", () => {
  it("are found beside the inventory", async () => {
    for (const name of ["bin/kubeadm", "bin/kubelet", "bin/kubectl", "images/all.tar", "cni.yaml"])
      await write(name, "");
    const more = "software: { binaries: bin, images: ./images/ }\nnetwork: { manifest: cni.yaml }\n";
    const cluster = await loadCluster(await write("cluster.yaml", SMALL + more));
    expect(cluster.software).toMatchObject({ binaries: join(folder, "bin"), images: join(folder, "images") });
    expect(cluster.network).toEqual({ manifest: join(folder, "cni.yaml") });
  });

  it("are reported all at once if they are missing, with the mistakes of the inventory", async () => {
    await write("bin/kubelet", "");
    await mkdir(join(folder, "images"));
    const more = "software: { binaries: bin, images: images }\nnetwork: { manifest: cni.yaml, cni: none }\n";
    expect(await missing(more)).toEqual([
      "./bin has kubelet, but not kubeadm, kubectl",
      "./images contains no image archives (*.tar)",
      "both `cni` and `manifest`: set one of them",
      "./cni.yaml does not exist",
    ]);
  });

  it("include keys and known hosts, each reported at its place; throw-away machines need none", async () => {
    await write("here", "-----BEGIN OPENSSH PRIVATE KEY-----\n");
    const more = `ssh: { key: here, knownHosts: [here, known], bastion: { address: 203.0.113.1, key: bastion-key } }
workers:
  - { name: w1, address: 10.0.0.21, ssh: { keys: [here, old-key] } }
`;
    expect(await missing(more)).toEqual([
      "./known does not exist",
      "./bastion-key does not exist",
      "./old-key does not exist",
    ]);
    const inventory = await write("cluster.yaml", SMALL + more);
    await expect(loadCluster(inventory, { login: false })).resolves.toMatchObject({ name: "small" });
  });

  it("must contain a private key where they are keys, and a public key beside its private one is named", async () => {
    await write("id", "-----BEGIN OPENSSH PRIVATE KEY-----\r\nb3BlbnNz\r\n");
    await write("id.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me@here\n");
    await write("lost.pub", "# comment\necdsa-sha2-nistp256 AAAAE2VjZHNh me@here\n");
    await write("old", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n");
    await write("notes", "the private key is in the safe\n");
    const more = `ssh: { key: ./id.pub, knownHosts: [notes], bastion: { address: 203.0.113.1, key: notes } }
workers:
  - { name: w1, address: 10.0.0.21, ssh: { keys: [id, old, lost.pub] } }
`;
    const error = (await failure(await write("cluster.yaml", SMALL + more))) as InventoryErrors;
    expect(error.errors.map(({ message, details }) => [message.replaceAll(folder, "."), details.hint])).toEqual([
      ["./id.pub is a public key", "use ./id"],
      ["./notes contains no private key", "name the file of the private key"],
      ["./lost.pub is a public key", "name the file of the private key"],
    ]);
    expect(error.errors[0]?.details.origin).toMatchObject({ line: 6, column: 13 });
  });

  it("must be folders or files as required", async () => {
    await write("file", "");
    const more = "software: { binaries: file, images: nowhere }\nnetwork: { manifest: . }\n";
    expect(await missing(more)).toEqual(["./file is not a folder", "./nowhere does not exist", ". is not a file"]);
  });

  it("are not checked if they are URLs", async () => {
    expect(await missing("network: { manifest: https://example.org/cni.yaml }\n")).toEqual([]);
  });
});

describe("what is printed", () => {
  it("comes in the order of the lines, with exit code 4", () => {
    const text = SMALL.replace("small", "Small").replace("10.0.0.11", "m1");
    const parse = () => parseInventory(text, "x.yaml");
    expect(parse).toThrow(InventoryErrors);
    expect(parse).toThrow(expect.objectContaining({ exitCode: 4 }) as Error);
    expect(places(parse)).toEqual([1, 5]);
  });

  it("shows only the part of a long line around the column", () => {
    const [line = "", caret = ""] =
      reasons(() => parseInventory(`x: [${"a, ".repeat(200)}b: {}]\n`, "x.yaml")).find((shown) => shown.length > 1) ??
      [];
    expect(line.length).toBeLessThanOrEqual(160);
    expect(line.slice(caret.length - 1)).toMatch(/^./);
  });

  it("keeps the file's control characters from the terminal", () => {
    const [shown = []] = reasons(() => parseInventory(`name: "a\u001B[2Jb"\n`, "x.yaml"));
    expect(shown.join("")).not.toContain("\u001B");
  });
});

function problems(parse: () => unknown): readonly TripodError[] {
  try {
    parse();
  } catch (error) {
    if (error instanceof InventoryErrors) return error.errors;
    throw error;
  }
  return [];
}

const places = (parse: () => unknown) => problems(parse).map(({ details }) => details.origin?.line);
const reasons = (parse: () => unknown) => problems(parse).map(({ details }) => details.why?.split("\n") ?? []);
