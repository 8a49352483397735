import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { archiveImage } from "../../src/registry/archive.ts";
import { blobPath } from "../../src/registry/blob.ts";
import { pullImage, type Pulling } from "../../src/registry/image.ts";
import { imageReference } from "../../src/registry/reference.ts";
import { ca, httpsServer } from "../support/https-server.ts";
import { temporaryFolder } from "../support/programs.ts";
import { digestOf, emptyStore, publishImage, registry, type Store } from "../support/registry.ts";
import { failure } from "../support/sshd.ts";

let cache: string;
let store: Store;
let list: string;
beforeEach(() => {
  cache = temporaryFolder();
  vi.stubEnv("XDG_CACHE_HOME", cache);
  store = emptyStore();
  list = publishImage(store, "pause:3.10.2");
});
afterEach(() => vi.unstubAllEnvs());

const { signal } = new AbortController();
const PAUSE = imageReference("registry.invalid/pause:3.10.2");

function from(mirror: string, given: Partial<Pulling> = {}): Pulling {
  return { signal, ca, architecture: "amd64", mirrors: [mirror], progress: () => undefined, ...given };
}

/** A file of an archive. */
const member = (archive: string, path: string) => execFileSync("tar", ["-xOf", archive, path]);

describe("an image", () => {
  it("is fetched for the architecture that is wanted, and packed as an archive in which every file has its digest", async () => {
    const { url } = await registry(store);
    for (const architecture of ["amd64", "arm64"] as const) {
      const file = join(temporaryFolder(), "pause.tar");
      await archiveImage(await pullImage(PAUSE, from(url, { architecture })), file, signal);
      const [top] = (JSON.parse(member(file, "index.json").toString()) as { manifests: Record<string, never>[] })
        .manifests;
      expect(top).toMatchObject({
        annotations: {
          "io.containerd.image.name": "registry.invalid/pause:3.10.2",
          "org.opencontainers.image.ref.name": "3.10.2",
        },
      });
      const paths = execFileSync("tar", ["-tf", file], { encoding: "utf8" }).trim().split("\n");
      const blobs = paths.filter((path) => path.startsWith("blobs/"));
      expect(blobs).toHaveLength(3);
      expect(paths).toEqual(["oci-layout", "index.json", ...blobs.toSorted()]);
      for (const path of blobs) expect(digestOf(member(file, path))).toBe(path.replace("blobs/sha256/", "sha256:"));
      expect(blobs.map((path) => member(file, path).toString()).join()).toContain(`pause:3.10.2 for ${architecture},`);
      expect(readdirSync(join(file, ".."))).toEqual(["pause.tar"]);
    }
  });

  it("gives the same bytes each time, and what has arrived once is not fetched again", async () => {
    const { url, asked } = await registry(store);
    const [one, other] = [join(temporaryFolder(), "a.tar"), join(temporaryFolder(), "b.tar")];
    await archiveImage(await pullImage(PAUSE, from(url)), one, signal);
    const before = asked.length;
    await archiveImage(await pullImage(PAUSE, from(url)), other, signal);
    expect(readFileSync(one).equals(readFileSync(other))).toBe(true);
    expect(asked.slice(before).filter((path) => path.includes("/blobs/"))).toEqual([]);
  });

  it("whose content was damaged in the cache is fetched again", async () => {
    const { url } = await registry(store);
    const { blobs } = await pullImage(PAUSE, from(url));
    for (const blob of blobs) writeFileSync(blobPath(blob), "");
    await pullImage(PAUSE, from(url));
    expect(blobs.map((blob) => digestOf(readFileSync(blobPath(blob))))).toEqual(blobs.map(({ digest }) => digest));
  });

  it("has the same content as others that are fetched at the same time, and each is complete", async () => {
    const { url } = await registry(store);
    const pulls = Array.from({ length: 8 }, () => pullImage(PAUSE, from(url)));
    expect(await Promise.all(pulls)).toHaveLength(8);
  });

  it("that is named by the digest of a list keeps that name and its list: containers refer to it by that", async () => {
    const { url } = await registry(store);
    const image = await pullImage(imageReference(`registry.invalid/pause:3.10.2@${list}`), from(url));
    expect(image).toMatchObject({ name: `registry.invalid/pause@${list}`, top: { digest: list } });
    expect(image.blobs.map(({ digest }) => digest)).toContain(list);
  });

  it("that exists for other architectures only is refused with those that there are", async () => {
    publishImage(store, "one:1", ["arm64"]);
    const { url } = await registry(store);
    const error = await failure(pullImage(imageReference("registry.invalid/one:1"), from(url)));
    expect(error).toMatchObject({
      code: "E_LOCAL",
      message: "cannot fetch the image registry.invalid/one:1 for amd64",
    });
    expect(error.details.why).toContain("no image for linux/amd64, only for linux/arm64");
  });

  it("with other content than its digest is refused, and nothing of that is kept", async () => {
    const [layer = ""] = [...store.blobs].flatMap(([digest, bytes]) => (bytes.includes("for amd64,") ? [digest] : []));
    store.blobs.set(layer, Buffer.from("something else"));
    const { url } = await registry(store);
    const error = await failure(pullImage(PAUSE, from(url)));
    expect(error).toMatchObject({
      code: "E_REFUSED",
      message: "the image registry.invalid/pause:3.10.2 does not match its digest",
    });
    expect(readdirSync(join(cache, "tripod/blobs/sha256")).join()).not.toContain(layer.slice(7));
  });
});

describe("a registry", () => {
  const TOKEN = "an.anonymous-token";

  /** Asks for a token of its token server for everything. */
  async function withTokens(realm?: string) {
    const wanted: string[] = [];
    const tokens = await httpsServer((request, response) => {
      wanted.push(request.url ?? "");
      response.end(JSON.stringify({ token: TOKEN }));
    });
    const challenge = `Bearer realm="${realm ?? `${tokens}/token`}",service="registry.example",scope="repository:pause:pull"`;
    const { url } = await registry(store, (_, request, response) => {
      if (request.headers.authorization === `Bearer ${TOKEN}`) return false;
      response.writeHead(401, { "www-authenticate": challenge }).end();
      return true;
    });
    return { url, wanted };
  }

  it("that wants a token is asked with the one that its token server gives to anybody", async () => {
    const { url, wanted } = await withTokens();
    expect((await pullImage(PAUSE, from(url))).blobs).toHaveLength(3);
    expect(wanted).toEqual(["/token?service=registry.example&scope=repository%3Apause%3Apull"]);
  });

  it.each([
    ["tokens without TLS", 'Bearer realm="http://127.0.0.1/token"', /tokens do not come from an https/],
    ["a login", 'Basic realm="registry"', /asks for a login/],
  ])("that wants %s is refused with that reason", async (_, challenge, reason) => {
    const { url } = await registry(store, (_path, _request, response) => {
      response.writeHead(401, { "www-authenticate": challenge }).end();
      return true;
    });
    expect((await failure(pullImage(PAUSE, from(url)))).details.why).toMatch(reason);
  });

  it("redirects to where its content is, which does not get its token but its own", async () => {
    const seen: (string | undefined)[] = [];
    const storage = await registry(store, (_, request) => {
      seen.push(request.headers.authorization);
      return false;
    });
    const tokens = await httpsServer((_, response) => response.end(JSON.stringify({ token: TOKEN })));
    const front = await registry(store, (path, request, response) => {
      if (request.headers.authorization === undefined) {
        response.writeHead(401, { "www-authenticate": `Bearer realm="${tokens}/token"` }).end();
        return true;
      }
      if (!path.includes("/blobs/")) return false;
      response.writeHead(307, { location: `${storage.url}${path}` }).end();
      return true;
    });
    expect((await pullImage(PAUSE, from(front.url))).blobs).toHaveLength(3);
    expect(seen).toEqual([undefined, undefined]);
  });

  it("that redirects to http is refused", async () => {
    const { url } = await registry(store, (path, _, response) => {
      if (!path.includes("/blobs/")) return false;
      response.writeHead(307, { location: "http://127.0.0.1/blob" }).end();
      return true;
    });
    expect((await failure(pullImage(PAUSE, from(url)))).details.why).toContain("which is not https");
  });

  it("is asked after its mirrors, which are asked for it by name", async () => {
    const without = await registry(emptyStore());
    const { url } = await registry(store);
    const mirrors = ["http://127.0.0.1:1", without.url, `${url}/`];
    expect((await pullImage(PAUSE, from("", { mirrors }))).blobs).toHaveLength(3);
    expect(without.asked).toEqual(["/v2/pause/manifests/3.10.2?ns=registry.invalid"]);
    const error = await failure(pullImage(imageReference("registry.invalid/other:1"), from("", { mirrors })));
    expect(error.details.why).toMatch(/^http:\/\/127\.0\.0\.1:1: .*is not https\nhttps:\S+: 404 Not Found\n/);
  });
});

test("a pull that is stopped ends at once, and leaves nothing half", async () => {
  const stop = new AbortController();
  const { url } = await registry(store, (path, _, response) => {
    if (!path.includes("/blobs/")) return false;
    response.writeHead(200, { "content-length": 1000 }).write("the first bytes");
    stop.abort(new Error("stopped"));
    return true;
  });
  await expect(pullImage(PAUSE, from(url, { signal: stop.signal }))).rejects.toThrow("stopped");
  const folder = join(cache, "tripod/blobs/sha256");
  expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([]);
});
