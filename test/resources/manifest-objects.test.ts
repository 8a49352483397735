import { describe, expect, it, test } from "vitest";
import { manifestObjects } from "../../src/resources/manifest-objects.ts";

const objects = (text: string) => manifestObjects("cni.yaml", text).flatMap((document) => document.objects);

function refusal(text: string): unknown {
  try {
    return objects(text);
  } catch (error) {
    return error;
  }
}

describe("the objects of a manifest", () => {
  it("are those of its documents and of its lists, whose text stays as it is", () => {
    const text =
      "# a network\n---\nkind: Namespace\nmetadata: {name: a}\nenabled: yes\n---\n# nothing\n---\nkind: List\nitems:\n- {kind: Pod, metadata: {name: b, namespace: a}}\n- {kind: Pod, metadata: {name: c}}\n";
    const documents = manifestObjects("cni.yaml", text);
    expect(
      documents.map((document) => document.objects.map(({ kind, name, namespace }) => [kind, name, namespace])),
    ).toEqual([
      [["Namespace", "a", undefined]],
      [
        ["Pod", "b", "a"],
        ["Pod", "c", undefined],
      ],
    ]);
    expect(documents[0]?.text).toBe("kind: Namespace\nmetadata: {name: a}\nenabled: yes");
  });

  it("that define custom resources name what the API will serve", () => {
    const text = `kind: CustomResourceDefinition
metadata: {name: pools.example.org}
spec:
  group: example.org
  names: {plural: pools}
  versions: [{name: v1}, {name: v1alpha1, served: false}]
`;
    expect(objects(text)[0]?.serves).toEqual([{ path: "/apis/example.org/v1", plural: "pools" }]);
  });
});

test.each([
  ["what is no YAML", "kind: Pod\nmetadata: {name: a}\n---\nkind: [\n", "the document at line 5: "],
  ["a page that a proxy sent", "<!DOCTYPE html>\n<p>login</p>\n", "the document at line 1: "],
  ["an object without a name", "---\nkind: Pod\n", "the document at line 2: metadata: "],
  [
    "a name that would be a command",
    "kind: Pod\nmetadata: {name: '$(reboot)'}\n",
    "metadata.name: is not a name that Kubernetes allows",
  ],
  [
    "a group that would be a path",
    "kind: CustomResourceDefinition\nmetadata: {name: a}\nspec: {group: ../x, names: {plural: b}}\n",
    "spec.group: is not a DNS name",
  ],
  ["nothing", "# later\n", "it contains no Kubernetes object"],
])("%s is refused with its line, before anything is changed", (_, text, why) => {
  expect(refusal(text)).toMatchObject({
    code: "E_LOCAL",
    message: "cannot use the manifest cni.yaml",
    details: { why: expect.stringContaining(why) as string },
  });
});
