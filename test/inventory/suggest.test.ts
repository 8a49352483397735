import { expect, it } from "vitest";
import { didYouMean, suggest } from "../../src/inventory/suggest.ts";

const KEYS = ["version", "podSubnet", "serviceSubnet", "kubelet", "kubeProxy", "vip"];

it.each([
  ["verion", "version"],
  ["podsubnet", "podSubnet"],
  ["pod_subnet", "podSubnet"],
  ["kubeproxy", "kubeProxy"],
  ["vpi", undefined],
  ["vi", "vip"],
  ["something", undefined],
])("who writes %s means %s", (word, meant) => {
  expect(suggest(word, KEYS)).toBe(meant);
});

it("asks only where there is something to ask", () => {
  expect([didYouMean("verion", KEYS), didYouMean("x", KEYS)]).toEqual([", did you mean `version`?", ""]);
});
