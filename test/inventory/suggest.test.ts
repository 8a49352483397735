import { expect, it } from "vitest";
import { didYouMean, suggest } from "../../src/inventory/suggest.ts";

const KEYS = ["version", "podSubnet", "serviceSubnet", "kubelet", "kubeProxy", "vip"];

it.each([
  ["verion", "version"],
  ["podsubnet", "podSubnet"],
  ["pod_subnet", "podSubnet"],
  ["kubeproxy", "kubeProxy"],
  ["vpi", "vip"],
  ["kubePrxoy", "kubeProxy"],
  ["pod", "podSubnet"],
  ["kube", undefined],
  ["kubectl", undefined],
  ["vi", "vip"],
  ["something", undefined],
])("who writes %s means %s", (word, meant) => {
  expect(suggest(word, KEYS)).toBe(meant);
});

const VERBS = [
  "validate",
  "plan",
  "apply",
  "status",
  "drill",
  "kubeconfig",
  "rehearse",
  "lab",
  "report",
  "restore",
  "save",
];

it.each([
  ["aply", "apply"],
  ["statsu", "status"],
  ["stat", "status"],
  ["plna", "plan"],
  ["kubeconf", "kubeconfig"],
  ["rehearsal", "rehearse"],
])("who types %s means %s", (word, meant) => {
  expect(suggest(word, VERBS)).toBe(meant);
});

it.each(["reset", "remove", "restart", "export", "import", "repair", "start", "init", "preflight", "bill"])(
  "who types %s means something that there is not, and is not sent elsewhere",
  (word) => {
    expect(suggest(word, VERBS)).toBeUndefined();
  },
);

it("asks only where there is something to ask", () => {
  expect([didYouMean("verion", KEYS), didYouMean("x", KEYS)]).toEqual([", did you mean `version`?", ""]);
});
