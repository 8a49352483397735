import { parse, stringify } from "yaml";
import { describe, expect, test } from "vitest";
import { parseInventory } from "../../src/inventory/load.ts";
import { InventoryErrors } from "../../src/inventory/problem.ts";

const SOUND = `name: small
kubernetes: { version: "1.36.3" }
loadBalancer: { vip: 10.0.0.10 }
ssh: {}
masters: [{ name: m1, address: 10.0.0.11, ssh: {} }]
workers: [{ name: w1, address: 10.0.0.21 }]
`;

function errorsOf(text: string): InventoryErrors["errors"] {
  try {
    parseInventory(text, "cluster.yaml");
    return [];
  } catch (error) {
    if (error instanceof InventoryErrors) return error.errors;
    throw error;
  }
}

/** The hints for a sound inventory with this instead of its own at a path. */
function hints(path: string, value: unknown): (string | undefined)[] {
  const inventory = parse(SOUND) as Record<string, unknown>;
  const keys = path.split(".");
  const around = keys
    .slice(0, -1)
    .reduce<Record<string, unknown>>((map, key) => (map[key] ??= {}) as typeof map, inventory);
  around[keys.at(-1) ?? ""] = value;
  return errorsOf(stringify(inventory)).map(({ details }) => details.hint);
}

const BY_LIST = "remove it: machines in `masters` are control plane and etcd, those in `workers` run pods";
const IN_LISTS = "list the machines of the control plane in `masters`, all others in `workers`";
const BY_KEY = "remove it: Tripod logs in by key. Set `key`, or load one into ssh-agent with ssh-add";
const CILIUM = "write network: { manifest: FILE }, a file with the manifest of cilium (docs/pod-networks.md)";

describe("a key that other tools have is refused with what Tripod has instead:", () => {
  test.each([
    ["version", "1.36.3", "set `kubernetes.version` instead"],
    ["vip", "10.0.0.10", "set `loadBalancer.vip` instead"],
    ["podCIDR", "10.1.0.0/16", "set `kubernetes.podSubnet` instead"],
    ["network.pod_cidr", "10.1.0.0/16", "set `kubernetes.podSubnet` instead"],
    ["podSubnet", "10.1.0.0/16", "set `kubernetes.podSubnet` instead"],
    ["kubernetes.serviceCIDR", "10.1.0.0/16", "set `kubernetes.serviceSubnet` instead"],
    ["serviceSubnet", "10.1.0.0/16", "set `kubernetes.serviceSubnet` instead"],
    ["noProxy", ["x"], "set `proxy.no` instead"],
    ["no_proxy", "x", "set `proxy.no` instead"],
    ["proxy.noProxy", ["x"], "set `proxy.no` instead"],
    ["cilium", true, CILIUM],
    ["flannel", {}, "write network: { cni: flannel }"],
    ["calico", true, "write network: { cni: calico }"],
    ["kubernetes.cni", "calico", "set `network.cni` instead"],
    ["nodes", [], IN_LISTS],
    ["hosts", [], IN_LISTS],
    ["etcd.version", "3.6.14", "set `software.versions.etcd` instead"],
    ["ssh.password", "x", BY_KEY],
    ["ssh.username", "x", "set `user` instead"],
    ["ssh.proxyJump", "x", "set `bastion: { address: HOST }` instead"],
    ["ssh.sudo", true, "remove it: Tripod uses sudo by itself if the user is not root"],
    ["masters.0.ssh.become", true, "remove it: Tripod uses sudo by itself if the user is not root"],
    ["etcd.external", true, "remove it: etcd always runs on the masters as a systemd service, external to kubeadm"],
    [
      "loadBalancer.enabled",
      true,
      "remove it: the VIP is always there. Set `haproxy: false` for a VIP without haproxy",
    ],
    ["masters.0.role", "controller", BY_LIST],
    ["workers.0.roles", ["worker"], BY_LIST],
    ["masters.0.user", "x", "set `ssh.user` instead"],
    ["masters.0.ssh.password", "x", BY_KEY],
  ])("%s: %j", (path, value, hint) => {
    expect(hints(path, value)).toEqual([hint]);
  });
});

describe("a word in the place of a map is refused with the map to write:", () => {
  test.each([
    ["network", "cilium", CILIUM],
    ["network", "flannel", "write network: { cni: flannel }"],
    ["network.cni", "cilium", CILIUM],
    [
      "proxy",
      "http://proxy.example.org:3128",
      'write proxy: { http: "http://proxy.example.org:3128", https: "http://proxy.example.org:3128" }',
    ],
    ["ssh.bastion", "jump.example.org", "write bastion: { address: jump.example.org }"],
    ["etcd", "3.6.14", 'write software: { versions: { etcd: "3.6.14" } }'],
    ["containerd", 2.3, 'write software: { versions: { containerd: "X.Y.Z" } }'],
    ["workers.0", "10.0.0.21", "write { name: NAME, address: 10.0.0.21 }"],
    ["workers.0", "w1", "write { name: w1, address: ADDRESS }"],
  ])("%s: %s", (path, value, hint) => {
    expect(hints(path, value)).toEqual([hint]);
  });
});

test("what a key of another tool has is not reported as missing too", () => {
  const text = `name: small
version: 1.36.3
vip: 10.0.0.10
nodes: [{ name: m1, ip: 10.0.0.11, role: master }]
`;
  expect(errorsOf(text).map(({ message }) => message)).toEqual([
    "unknown key `version`",
    "unknown key `vip`",
    "unknown key `nodes`",
  ]);
});

describe("an address of a machine under another name is one mistake:", () => {
  const address = "set `address` instead";
  const login = "set `ssh.address` instead, or remove it if SSH connects to `address`";
  test.each([
    ["{ name: m1, host: 192.0.2.11 }", [address]],
    ["{ host: 192.0.2.11, name: m1 }", [address]],
    ["{ name: m1, hostname: m1.example.org }", [address]],
    ["{ name: m1, ansible_host: 192.0.2.11, ansible_user: admin }", [address, "set `ssh.user` instead"]],
    ["{ name: m1, public_ip: 192.0.2.11 }", [address]],
    ["{ name: m1, publicAddress: 203.0.113.1, privateAddress: 192.0.2.11 }", [login, address]],
    ["{ name: m1, sshAddress: 192.0.2.11 }", [address]],
    ["{ name: m1, address: 192.0.2.11, host: 203.0.113.1 }", [login]],
    ["{ name: m1, address: 192.0.2.11, hostname: m1.example.org }", ["remove it: `name` is the hostname"]],
    ["{ hostname: m1, address: 192.0.2.11 }", ["set `name` instead"]],
  ])("%s", (machine, expected) => {
    const text = SOUND.replace(/^masters.*$/m, `masters: [${machine}]`).replaceAll("10.0.0.", "192.0.2.");
    expect(errorsOf(text).map(({ details }) => details.hint)).toEqual(expected);
  });
});

test("the password of a login that is refused is not shown", () => {
  const [error] = errorsOf(SOUND.replace("ssh: {}", 'ssh: { user: admin, password: "hunter 2" }'));
  expect(error?.explain()).toContain("ssh: { user: admin, password: *** }");
  const [tight] = errorsOf(SOUND.replace("ssh: {}", "ssh:\n  password:hunter2"));
  expect(tight?.explain()).not.toContain("hunter2");
});
