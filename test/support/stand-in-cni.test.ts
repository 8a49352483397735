import { expect, test } from "vitest";
import { manifestObjects } from "../../src/resources/manifest-objects.ts";
import { standInCni } from "./stand-in-cni.ts";

const documents = manifestObjects("stand-in.yaml", standInCni());
const objects = documents.flatMap((document) => document.objects);

test("the stand-in has a definition larger than the 256 KiB that client-side apply can carry", () => {
  const definition = documents.find((document) => document.objects[0]?.kind === "CustomResourceDefinition");
  expect(definition?.text.length).toBeGreaterThan(256 * 1024);
  // etcd takes 1.5 MiB.
  expect(definition?.text.length).toBeLessThan(1024 * 1024);
});

test("the stand-in names objects before what they need, so that it comes up only where they are sorted", () => {
  const at = (kind: string) => objects.findIndex((object) => object.kind === kind);
  expect(at("StandInPool")).toBeLessThan(at("CustomResourceDefinition"));
  expect(at("ServiceAccount")).toBeLessThan(at("Namespace"));
});

test("the stand-in has the kinds of objects that Calico's manifest has", () => {
  expect([...new Set(objects.map(({ kind }) => kind))].toSorted()).toEqual([
    "ClusterRole",
    "ClusterRoleBinding",
    "ConfigMap",
    "CustomResourceDefinition",
    "DaemonSet",
    "Deployment",
    "Namespace",
    "ServiceAccount",
    "StandInPool",
  ]);
});
