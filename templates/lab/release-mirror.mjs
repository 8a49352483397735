// The lab's mirror of releases: serves FOLDER/content over https at ADDRESS:443, in the lab's network. Arguments: FOLDER ADDRESS.
// It is a mirror of image registries too, as containerd asks one (/v2/…?ns=REGISTRY): FOLDER/registry has names.json and the content by digest.
// FOLDER/faults.json, read at each request, makes it fail on purpose, by path or by the client's address:
// {"/path": "missing" | "wrong" | "cut" | "slow" | "http", "10.0.0.21": "refused"}.
import { createReadStream, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join, normalize } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const [folder = "", address = ""] = process.argv.slice(2);
const content = join(folder, "content");
const registry = join(folder, "registry");

function faultOf(path, client) {
  try {
    const faults = JSON.parse(readFileSync(join(folder, "faults.json"), "utf8"));
    return faults[client] ?? faults[path];
  } catch {
    return undefined;
  }
}

function json(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** The file under a path, and its type: a release, or what a registry has under a name or a digest. */
function served(path, ns) {
  const [, repository, kind, version] = /^\/v2\/(.+)\/(manifests|blobs)\/([\w.:+-]+)$/.exec(path) ?? [];
  if (kind === undefined) return { file: join(content, path), type: "application/octet-stream" };
  const digest = version.startsWith("sha256:") ? version : json(join(registry, "names.json"))?.[`${ns}/${repository}:${version}`];
  const file = join(registry, "blobs", (digest ?? "none").replace(":", "/"));
  return { file, type: kind === "manifests" ? String(json(file)?.mediaType) : "application/octet-stream" };
}

function serve(request, response) {
  const url = new URL(request.url, "https://mirror");
  const path = normalize(decodeURIComponent(url.pathname));
  const fault = faultOf(path, request.socket.remoteAddress);
  const end = (status, headers = {}) => response.writeHead(status, headers).end();
  console.log(new Date().toISOString(), request.socket.remoteAddress, request.method, path, request.headers.range ?? "", fault ?? "");
  if (fault === "refused") return request.socket.destroy();
  if (request.method !== "GET" && request.method !== "HEAD") return end(405);
  if (fault === "http") return end(302, { location: `http://${address}${path}` });
  const { file, type } = served(path, url.searchParams.get("ns"));
  const stat = fault === "missing" ? undefined : statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) return end(404);
  const [, from = "0"] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
  const start = Number(from);
  if (start >= stat.size && stat.size > 0) return end(416, { "content-range": `bytes */${stat.size}` });
  const range = start === 0 ? {} : { "content-range": `bytes ${start}-${stat.size - 1}/${stat.size}` };
  response.writeHead(start === 0 ? 200 : 206, { "accept-ranges": "bytes", "content-type": type, "content-length": stat.size - start, ...range });
  if (request.method === "HEAD") return response.end();
  const slow = fault === "slow" ? 100 : 0;
  send(response, createReadStream(file, { start, highWaterMark: 1 << 18 }), { fault, slow, start, half: (stat.size - start) / 2 });
}

async function send(response, stream, { fault, slow, start, half }) {
  let sent = 0;
  for await (const chunk of stream) {
    if (fault === "wrong" && sent === 0) chunk[0] ^= 1;
    response.write(chunk);
    sent += chunk.length;
    if (fault === "cut" && start === 0 && sent >= half) return response.destroy();
    if (slow > 0) await pause(slow);
    if (response.writableNeedDrain) await new Promise((done) => response.once("drain", done).once("close", done));
  }
  response.end();
}

const server = createServer({
  cert: readFileSync(join(folder, "server.crt")),
  key: readFileSync(join(folder, "server.key")),
});
server.on("request", serve);
server.listen(443, address, () => writeFileSync(join(folder, "ready"), `${process.pid}\n`));
