import { expect, test } from "vitest";
import { parseInventory } from "../../src/inventory/load.ts";
import { InventoryErrors } from "../../src/inventory/problem.ts";

function refusal(text: string): InventoryErrors {
  try {
    parseInventory(text, "cluster.yaml");
  } catch (error) {
    if (error instanceof InventoryErrors) return error;
  }
  throw new Error("it was accepted");
}

const file = (apiVersion: string, kind: string, rest: string) => `apiVersion: ${apiVersion}\nkind: ${kind}\n${rest}`;

test.each([
  [
    "k0sctl",
    file("k0sctl.k0sproject.io/v1beta1", "Cluster", "metadata: { name: x }\nspec: { hosts: [{ role: controller }] }\n"),
    "this is a configuration of k0sctl (kind Cluster, k0sctl.k0sproject.io/v1beta1), not an inventory of Tripod",
  ],
  [
    "KubeOne",
    file("kubeone.k8c.io/v1beta2", "KubeOneCluster", "name: x\nversions: { kubernetes: 1.31.0 }\n"),
    "this is a configuration of KubeOne (kind KubeOneCluster, kubeone.k8c.io/v1beta2), not an inventory of Tripod",
  ],
  [
    "kubeadm, of several documents,",
    file("kubeadm.k8s.io/v1beta4", "InitConfiguration", "---\nkind: ClusterConfiguration\n"),
    "this is a configuration of kubeadm (kind InitConfiguration, kubeadm.k8s.io/v1beta4), not an inventory of Tripod",
  ],
  [
    "kubectl",
    file("apps/v1", "DaemonSet", "metadata: { name: cilium }\n"),
    "this is a manifest of Kubernetes (kind DaemonSet, apps/v1), not an inventory of Tripod",
  ],
  ["kubectl's credentials", file("v1", "Config", "clusters: []\n"), "this is a kubeconfig, not an inventory of Tripod"],
  [
    "Ansible's other form, with groups,",
    "# hosts\n[masters]\nm1 ansible_host=192.0.2.11\n\n[workers:vars]\nansible_user=admin\n",
    "this is an INI file, as an inventory of Ansible is, not an inventory of Tripod",
  ],
  [
    "Ansible's other form, without groups,",
    "m1 ansible_host=192.0.2.11 ip=192.0.2.11\n[all]\nm1\n",
    "this is an inventory of Ansible (INI), not an inventory of Tripod",
  ],
  [
    "Terraform",
    '# main.tf\nresource "hcloud_server" "m1" {\n  name = "m1"\n}\n',
    "this is a configuration of Terraform, not an inventory of Tripod",
  ],
  ["Ansible", "all: { children: { etcd: {} } }\n", "this is an inventory of Ansible, not an inventory of Tripod"],
])("a file of %s is refused with one mistake, which names it and what to do", (_, text, message) => {
  const { errors } = refusal(text);
  expect(errors.map((error) => error.message)).toEqual([message]);
  expect(errors[0]?.details.hint).toMatch(
    /^(?:write an inventory that lists its machines under `masters` and `workers`|check the path after -i); .*every key$/,
  );
});

test("an inventory with a kind and an apiVersion is still checked as an inventory", () => {
  const { errors } = refusal(file("tripod/v1", "Inventory", "name: x\nmasters: []\n"));
  expect(errors.map(({ message }) => message)).toContain("unknown key `apiVersion`");
});
