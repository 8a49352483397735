import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { dirname, join } from "node:path";
import { sandboxImage } from "../../src/config/images.ts";
import { imageReference } from "../../src/registry/reference.ts";
import { type Artifact, COMPONENTS, fileName } from "../../src/releases/artifact.ts";
import { artifactsFor } from "../../src/phases/software.ts";
import { type ClusterOverrides, testCluster } from "./cluster.ts";
import { ca } from "./https-server.ts";
import { temporaryFolder } from "./programs.ts";
import { type Before, emptyStore, publishImage, registry } from "./registry.ts";

const IMAGES = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy"];
const COREDNS = "registry.k8s.io/coredns/coredns:v1.14.2";
const AGNHOST = "registry.k8s.io/e2e-test-images/agnhost:2.53";
const MANIFEST = (image: string) => `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: net, namespace: kube-system }
spec: { template: { spec: { initContainers: [{ name: copy, image: "${image}" }], containers: [{ name: net, image: "${image}" }] } } }
`;

export interface BundleSource {
  /** What an inventory sets, so that everything is fetched from there. */
  readonly overrides: ClusterOverrides;
  /** A manifest of a pod network there, with the image `network/net:1` of Docker's registry. */
  readonly manifest: string;
  /** The paths that were asked for. */
  readonly asked: readonly string[];
}

/**
 * Serves what a cluster of Kubernetes 1.36.3 needs on this machine, for both architectures: programs that only print their name, a kubeadm
 * that lists its images, and images with one layer.
 * @param before answers a request itself, if it returns true
 */
export async function bundleSource(before: Before = () => false): Promise<BundleSource> {
  const store = emptyStore();
  const { kubernetes } = testCluster();
  const listed = [...IMAGES.map((name) => `registry.k8s.io/${name}:v1.36.3`), COREDNS, sandboxImage(kubernetes)];
  for (const name of [...listed, AGNHOST, "docker.io/network/net:1"])
    publishImage(store, imageReference(name).name.replace(/^[^/]*\//, ""));
  const files = new Map<string, Buffer>();
  const { url, asked } = await registry(store, (path, request, response) => {
    if (before(path, request, response)) return true;
    const [file = ""] = path.split("?");
    return answered(files.get(file), request, response);
  });
  const caFile = join(temporaryFolder(), "ca.pem");
  writeFileSync(caFile, ca);
  const overrides: ClusterOverrides = {
    software: { from: "releases", ca: caFile, mirrors: { kubernetes: `${url}/k8s`, github: `${url}/github` } },
    containerd: { mirrors: { "registry.k8s.io": [url], "docker.io": [url] } },
  };
  const kubeadm = `#!/bin/sh\nprintf '%s\\n' ${[...listed, "registry.k8s.io/etcd:3.6.8-0"].join(" ")}\n`;
  const cluster = testCluster(overrides);
  for (const architecture of ["amd64", "arm64"] as const)
    for (const component of COMPONENTS)
      for (const artifact of artifactsFor(cluster, component, architecture)) publish(files, artifact, kubeadm);
  files.set("/net.yaml", Buffer.from(MANIFEST("network/net:1")));
  return { overrides, manifest: `${url}/net.yaml`, asked };
}

function answered(content: Buffer | undefined, request: IncomingMessage, response: ServerResponse): boolean {
  if (!content) return false;
  response.writeHead(200, { "content-length": content.length });
  response.end(request.method === "HEAD" ? undefined : content);
  return true;
}

function publish(files: Map<string, Buffer>, artifact: Artifact, kubeadm: string): void {
  const content = artifact.name === "kubeadm" ? Buffer.from(kubeadm) : contentOf(artifact);
  const digest = createHash("sha256").update(content).digest("hex");
  files.set(new URL(artifact.url).pathname, content);
  const sums = new URL(artifact.checksums).pathname;
  files.set(sums, Buffer.from(`${files.get(sums)?.toString() ?? ""}${digest}  ${fileName(artifact)}\n`));
}

function contentOf({ name, files }: Artifact): Buffer {
  const program = (path: string) => `#!/bin/sh\necho ${path.split("/").at(-1) ?? name}\n`;
  if (files.some(({ member }) => member === undefined)) return Buffer.from(program(name));
  const folder = temporaryFolder();
  for (const { member = "" } of files) {
    mkdirSync(dirname(join(folder, member)), { recursive: true });
    writeFileSync(join(folder, member), program(member), { mode: 0o755 });
  }
  const archive = join(temporaryFolder(), "archive.tar.gz");
  execFileSync("tar", ["-czf", archive, "-C", folder, ...files.map(({ member = "" }) => member)]);
  return readFileSync(archive);
}
