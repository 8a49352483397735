import { expect, test } from "vitest";
import { imageReference } from "../../src/registry/reference.ts";
import { failure } from "../support/sshd.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

test.each([
  ["registry.k8s.io/pause:3.10.2", "registry.k8s.io/pause:3.10.2", "registry.k8s.io", "pause"],
  ["nginx", "docker.io/library/nginx:latest", "docker.io", "library/nginx"],
  ["calico/node:v3.32.1", "docker.io/calico/node:v3.32.1", "docker.io", "calico/node"],
  ["registry.example:5000/a/b__c:1", "registry.example:5000/a/b__c:1", "registry.example:5000", "a/b__c"],
  ["localhost/x:1", "localhost/x:1", "localhost", "x"],
  [`quay.io/cilium/cilium:v1@${DIGEST}`, `quay.io/cilium/cilium@${DIGEST}`, "quay.io", "cilium/cilium"],
])("the image %s is named as containerd names it", (text, name, registry, repository) => {
  expect(imageReference(text)).toMatchObject({ name, registry, repository });
});

test.each(["", "UPPER/case:1", "a/../b", "a b", "registry.example/", "x@md5:abc", "https://registry.k8s.io/pause"])(
  "%j is not the name of an image",
  async (text) => {
    expect(await failure(Promise.resolve().then(() => imageReference(text)))).toMatchObject({ code: "E_LOCAL" });
  },
);
