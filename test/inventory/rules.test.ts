import { describe, expect, it } from "vitest";
import { type Change, mistakes } from "../support/mistakes.ts";

const machines = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `n${index}`, address: `10.0.0.${100 + index}` }));

const refused: readonly [story: string, changes: readonly Change[], message: RegExp][] = [
  [
    "a name with a dot for the cluster",
    [["name", "prod.eu"]],
    /not a DNS label: .*with a letter or digit first and last/,
  ],
  ["a version with a leading v", [["kubernetes.version", "v1.36.3"]], /x\.y\.z without a leading v/],
  ["a version of two numbers", [["kubernetes.version", "1.36"]], /x\.y\.z/],
  ["a pre-release", [["kubernetes.version", "1.36.0-rc.1"]], /x\.y\.z/],
  ["a version before 1.20", [["kubernetes.version", "1.19.16"]], /too old: Tripod supports 1\.20 to 1\.36/],
  ["a version after 1.36", [["kubernetes.version", "1.37.0"]], /is not supported.*1\.20 to 1\.36/],
  [
    "a version with a number that no computer counts to",
    [["kubernetes.version", "1.30.99999999999999999"]],
    /is not supported/,
  ],
  ["Kubernetes 0", [["kubernetes.version", "0.21.4"]], /0\.21\.4 is not supported/],
  ["Kubernetes 2", [["kubernetes.version", "2.0.0"]], /2\.0\.0 is not supported/],
  ["an image repository with a scheme", [["kubernetes.imageRepository", "https://r.example"]], /without a scheme/],
  ["a certificate name with an underscore", [["kubernetes.certSans", ["a_b"]]], /DNS name in lower case/],
  ["the same certificate name twice", [["kubernetes.certSans", ["a.b", "a.b"]]], /repeats "a.b"/],
  ["a subnet with host bits", [["kubernetes.podSubnet", "10.244.0.1/16"]], /has host bits: write 10\.244\.0\.0\/16/],
  ["a subnet without its length", [["kubernetes.podSubnet", "10.244.0.0"]], /not an IPv4 subnet/],
  [
    "a pod subnet smaller than one node's part",
    [["kubernetes.podSubnet", "10.244.0.0/25"]],
    /podSubnet` cannot be a \/25: .*a \/24 of it/,
  ],
  [
    "a pod subnet with too few parts",
    [["kubernetes.podSubnet", "10.244.0.0/22"]],
    /a \/24 for 4 nodes, but there are 5/,
  ],
  ["a pod subnet of an eighth of the internet", [["kubernetes.podSubnet", "32.0.0.0/3"]], /takes \/8 and smaller/],
  ["a service subnet of a few addresses", [["kubernetes.serviceSubnet", "10.96.0.0/29"]], /accepts \/12 to \/28/],
  [
    "services among the pods",
    [["kubernetes.serviceSubnet", "10.244.8.0/24"]],
    /overlaps 10\.244\.0\.0\/16, the default of podSubnet/,
  ],
  [
    "kube-proxy settings without a kube-proxy",
    [
      ["kubernetes.kubeProxy", { mode: "ipvs" }],
      ["kubernetes.skipPhases", ["addon"]],
    ],
    /does nothing: addon is skipped/,
  ],
  ["an election of less than ten heartbeats", [["etcd", { heartbeat: "200ms" }]], /less than ten heartbeats of 200 ms/],
  ["an election of more than 50 s", [["etcd", { election: "51s" }]], /etcd takes at most 50s/],
  ["a heartbeat without a unit", [["etcd", { heartbeat: 100 }]], /`etcd.heartbeat` needs a unit/],
  ["a heartbeat of nothing", [["etcd", { heartbeat: "0ms" }]], /whole number of milliseconds above zero/],
  ["a certificate that outlives its CA", [["etcd", { validity: "3651d" }]], /longer than the CA is valid/],
  ["a renewal longer than the life", [["etcd", { validity: "30d" }]], /would be renewed by every apply/],
  ["a life of half a day", [["etcd", { validity: "12h" }]], /a number of days/],
  ["a VIP that is no address", [["loadBalancer.vip", "api.example.org"]], /not an IPv4 address/],
  ["a VIP outside the masters' subnet", [["loadBalancer.vip", "10.0.1.10"]], /not in 10\.0\.0\.0\/24/],
  [
    "a VIP that is a worker's",
    [["loadBalancer.vip", "10.0.0.21"]],
    /must be free, but it is the address of w1 \(line \d+\)/,
  ],
  ["a VIP that is the network's address", [["loadBalancer.vip", "10.0.0.0"]], /is the network address/],
  [
    "a subnet without the third master",
    [
      ["loadBalancer.subnet", "10.0.0.0/24"],
      ["masters.2.address", "10.0.1.13"],
    ],
    /not in loadBalancer\.subnet/,
  ],
  [
    "another segment for the load balancer",
    [["loadBalancer.subnet", "10.9.0.0/24"]],
    /none of the masters in it, and not the VIP/,
  ],
  [
    "pods among the services' default",
    [["kubernetes.podSubnet", "10.96.0.0/12"]],
    /pods' subnet 10\.96\.0\.0\/12 overlaps 10\.96\.0\.0\/12, the default of serviceSubnet/,
  ],
  ["pods among the machines", [["kubernetes.podSubnet", "10.0.0.0/24"]], /overlaps the machines', 10\.0\.0\.0\/24/],
  ["one pod subnet for five nodes", [["kubernetes.podSubnet", "10.244.0.0/24"]], /a \/24 for 1 node, but there are 5/],
  [
    "services in a too large subnet with host bits",
    [["kubernetes.serviceSubnet", "10.96.0.0/8"]],
    /serviceSubnet` cannot be a \/8/,
  ],
  [
    "pods in a too large subnet with host bits",
    [["kubernetes.podSubnet", "10.96.0.0/7"]],
    /podSubnet` cannot be a \/7/,
  ],
  [
    "a proxy with a password",
    [["proxy", { https: "http://me:pw@proxy.example.org:3128" }]],
    /^(?!.*pw@)`proxy\.https`: a proxy with a user or password is not supported: every user of a host could read/,
  ],
  ["a proxy with a path", [["proxy", { http: "http://proxy.example.org/x" }]], /is not the URL of a proxy/],
  ["a router id of 256", [["loadBalancer.routerId", 256]], /1 to 255/],
  ["a router id of 0", [["loadBalancer.routerId", 0]], /1 to 255/],
  ["advertisements of 15 ms", [["loadBalancer.advertInterval", "15ms"]], /whole hundredths of a second/],
  ["advertisements of 41 s", [["loadBalancer.advertInterval", "41s"]], /from 10ms to 40\.95s/],
  ["haproxy on the API server's port", [["loadBalancer.port", 6443]], /haproxy cannot listen on 6443/],
  ["haproxy on etcd's port", [["loadBalancer.port", 2379]], /port 2379 is in use on every master, by etcd/],
  [
    "another port without haproxy",
    [
      ["loadBalancer.haproxy", false],
      ["loadBalancer.port", 8443],
    ],
    /without haproxy nothing listens on 8443/,
  ],
  ["an interface with a space", [["loadBalancer.interface", "eth 0"]], /name of a network interface/],
  ["an image without a tag", [["containerd", { sandboxImage: "registry.example:5000/pause" }]], /image with its tag/],
  ["a network nobody knows", [["network", { cni: "brigde" }]], /not one of bridge, .*did you mean `bridge`/],
  [
    "a network without a manifest for the version",
    [
      ["network", { cni: "calico" }],
      ["kubernetes.version", "1.20.2"],
    ],
    /knows manifests of calico for Kubernetes 1\.24 and later; this inventory's version is 1\.20\.2/,
  ],
  ["a manifest by plain http", [["network", { manifest: "http://example.org/cni.yaml" }]], /https:\/\/ URL/],
  ["a file in somebody's home", [["ssh.key", "~bob/.ssh/id"]], /only ~\/… may begin with a tilde/],
  ["no known hosts at all", [["ssh.knownHosts", []]], /without a file every host key is unknown/],
  ["a port above all ports", [["ssh.port", 65_536]], /1 to 65535/],
  ["eight masters", [["masters", machines(8)]], /8 masters/],
  ["nine masters", [["masters", machines(9)]], /more than 7 etcd members/],
  ["a name in capitals", [["masters.0.name", "M1"]], /not a hostname/],
  ["a name with an underscore", [["masters.0.name", "m_1"]], /not a hostname/],
  ["a name of 64 characters", [["masters.0.name", `${"a".repeat(31)}.${"b".repeat(32)}`]], /63 characters/],
  ["an address for a name", [["masters.0.name", "10.0.0.11"]], /not a hostname/],
  ["localhost", [["masters.0.name", "localhost"]], /name that belongs to one machine only/],
  ["an IPv6 address", [["masters.0.address", "fd00::11"]], /not an IPv4 address/],
  ["a loopback address", [["masters.0.address", "127.0.0.1"]], /that a machine can use/],
  ["an address with a leading zero", [["masters.0.address", "10.0.0.011"]], /not an IPv4 address/],
  ["a worker beyond the bridge's segment", [["workers.0.address", "10.0.9.21"]], /bridge network needs every machine/],
  ["a label's key with a space", [["workers.0.labels", { "a b": "c" }]], /not a label's key/],
  ["a label's key with a bad domain", [["workers.0.labels", { "Example/a": "c" }]], /not a label's key/],
  ["a label's value with a slash", [["workers.0.labels", { a: "b/c" }]], /not a label's value/],
  ["a label the kubelet owns", [["workers.0.labels", { "kubernetes.io/arch": "arm64" }]], /the kubelet sets/],
  ["a taint without an effect", [["workers.0.taints", ["dedicated=gpu"]]], /not a taint/],
  ...([10248, 10249, 8404] as const).map((port): (typeof refused)[number] => [
    `haproxy on port ${port}, which is taken`,
    [["loadBalancer.port", port]],
    /in use on every master/,
  ]),
  [
    "haproxy on a port of services",
    [["loadBalancer.port", 30_443]],
    /in the range of NodePort services, 30000 to 32767/,
  ],
  ["a version with leading zeros", [["kubernetes.version", "01.036.0003"]], /x\.y\.z/],
  ...(["127.16.0.0/16", "169.254.0.0/16", "224.0.0.0/16", "240.0.0.0/16", "0.0.0.0/8"] as const).map(
    (subnet): (typeof refused)[number] => [
      `pods in ${subnet}`,
      [["kubernetes.podSubnet", subnet]],
      /not a subnet whose addresses machines may have/,
    ],
  ),
  [
    "an SSH address that would be a pod",
    [["workers.0.ssh", { address: "10.244.3.9" }]],
    /SSH address 10\.244\.3\.9 is in the pods'/,
  ],
  [
    "a bastion that would be a service",
    [["ssh.bastion", { address: "10.96.0.9" }]],
    /bastion 10\.96\.0\.9 is in the services'/,
  ],
  ["a mistyped SSH address", [["workers.0.ssh", { address: "203.0.113.999" }]], /not an address or a hostname/],
  ["a mistyped bastion", [["ssh.bastion", { address: "10.0.0.300" }]], /not an address or a hostname/],
  ["a mistyped address in the certificate", [["kubernetes.certSans", ["10.0.0.300"]]], /not a DNS name/],
  ["a machine called by a number", [["workers.0.name", "w.300"]], /not a hostname/],
  [
    "a taint of the node controller",
    [["workers.0.taints", ["node.kubernetes.io/not-ready:NoExecute"]]],
    /node controller adds and removes/,
  ],
  [
    "a merge key among the kubelet's settings",
    [["kubernetes.kubelet", { evictionHard: { "<<": { a: "b" } } }]],
    /merge keys are not supported/,
  ],
  [
    "a mode that this kube-proxy does not have",
    [
      ["kubernetes.version", "1.20.15"],
      ["kubernetes.kubeProxy", { mode: "nftables" }],
    ],
    /kube-proxy of 1\.20\.15 takes userspace, iptables, ipvs, not "nftables"/,
  ],
  [
    "a mode that no kube-proxy has",
    [["kubernetes.kubeProxy", { mode: "bpf" }]],
    /takes iptables, ipvs, nftables, not "bpf"/,
  ],
  ["a manifest URL without a host", [["network", { manifest: "https://" }]], /https:\/\/ URL with a host/],
  [
    "a manifest by another protocol",
    [["network", { manifest: "ftp://example.org/cni.yaml" }]],
    /https:\/\/ URL with a host/,
  ],
  [
    "a manifest URL with a password",
    [["network", { manifest: "https://me:pw@example.org/cni.yaml" }]],
    /^(?!.*pw@).*records and reports/,
  ],
  [
    "a mistyped scenario",
    [["drill", { scenarios: { "power-holdr": { service: "1s" } } }]],
    /unknown key `power-holdr`, did you mean `power-holder`/,
  ],
  [
    "a mistyped limit of a scenario",
    [["drill", { scenarios: { "power-holder": { servce: "1s" } } }]],
    /unknown key `servce`, did you mean `service`/,
  ],
  ["sshd where haproxy listens", [["ssh.port", 8443]], /^port 8443 is the API's at the VIP on every master/],
  [
    "sshd of one master where haproxy listens",
    [
      ["masters.1.ssh", { port: 4443 }],
      ["loadBalancer.port", 4443],
    ],
    /^port 4443 is the API's/,
  ],
  [
    "sshd where the API server listens",
    [
      ["ssh.port", 6443],
      ["loadBalancer.haproxy", false],
    ],
    /^port 6443 is the API's/,
  ],
  ["the VIP on the loopback interface", [["loadBalancer.interface", "lo"]], /`lo` cannot have the VIP/],
  ["the VIP as the bastion", [["ssh.bastion", { address: "10.0.0.10" }]], /the bastion 10\.0\.0\.10 is the VIP/],
  [
    "the VIP as the bastion of one machine",
    [["workers.0.ssh", { bastion: { address: "10.0.0.10" } }]],
    /the bastion 10\.0\.0\.10 is the VIP/,
  ],
  [
    "the VIP as the SSH address of a machine",
    [["workers.0.ssh", { address: "10.0.0.10" }]],
    /the SSH address 10\.0\.0\.10 is the VIP/,
  ],
  ["a taint with an unknown effect", [["workers.0.taints", ["a=b:Never"]]], /not a taint/],
];

const accepted: readonly [story: string, changes: readonly Change[]][] = [
  ["the oldest version", [["kubernetes.version", "1.20.0"]]],
  ["a wildcard and an IPv6 address in the certificate", [["kubernetes.certSans", ["*.example.org", "fd00::1"]]]],
  ["a tolerated port", [["kubernetes.tolerate", ["Port-10250", "FileExisting-crictl"]]]],
  ["settings for the kubelet", [["kubernetes.kubelet", { maxPods: 200, evictionHard: { "memory.available": "5%" } }]]],
  ["exactly ten heartbeats, exactly 50 s", [["etcd", { heartbeat: "5s", election: "50s" }]]],
  ["the slowest advertisements", [["loadBalancer.advertInterval", "40.95s"]]],
  ["the VIP as the last address", [["loadBalancer.vip", "10.0.0.254"]]],
  ["a newer mode of kube-proxy", [["kubernetes.kubeProxy", { mode: "nftables" }]]],
  ["a manifest by a URL", [["network", { manifest: "https://example.org:8443/a%20b/cni.yaml?v=1" }]]],
  ["a name that ends in digits", [["workers.0.ssh", { address: "bastion-2.example.org2" }]]],
  ["any port for haproxy", [["loadBalancer.port", 443]]],
  ["seven masters", [["masters", machines(7)]]],
  ["a taint without a value", [["workers.0.taints", ["dedicated:NoExecute", "dedicated:NoSchedule"]]]],
  ["a label with a domain, a label without a value", [["workers.0.labels", { "example.org/rack": "7", spot: "" }]]],
  ["a repository with a port and a path", [["kubernetes.imageRepository", "localhost:5000/k8s/mirror"]]],
  ["an image by its digest", [["containerd", { sandboxImage: "r.example/pause@sha256:abc" }]]],
  ["no pod network", [["network", { cni: "none" }]]],
  [
    "flannel, with workers in another segment",
    [
      ["network", { cni: "flannel" }],
      ["workers.0.address", "10.0.9.21"],
    ],
  ],
  ["no workers", [["workers", []]]],
  ["sshd of workers on haproxy's port", [["workers.0.ssh", { port: 8443 }]]],
  ["masters behind a forwarded port", [["masters.0.ssh", { address: "203.0.113.1", port: 8443 }]]],
];

describe("an inventory is refused with", () => {
  it.each(refused)("%s", (_, changes, message) => {
    expect(mistakes(...changes)).toEqual([expect.stringMatching(message)]);
  });
});

describe("an inventory is accepted with", () => {
  it.each(accepted)("%s", (_, changes) => {
    expect(mistakes(...changes)).toEqual([]);
  });
});

describe("one mistake does not hide another", () => {
  it.each([
    [
      "in the same section",
      [
        ["kubernetes.version", 1.3],
        ["kubernetes.podSubnet", "10.0.0.0/16"],
      ],
      2,
    ],
    [
      "in another section",
      [
        ["masters.1", "m2"],
        ["etcd", { election: "1ms" }],
      ],
      2,
    ],
    ["of the same machine", [["workers.0", { name: "w1", address: "10.0.0.11", taints: ["?", "!"], label: {} }]], 4],
    [
      "where everything is wrong",
      [
        ["loadBalancer", []],
        ["masters", {}],
        ["workers", 1],
        ["ssh", "root"],
      ],
      4,
    ],
  ] as const)("%s", (_, changes, count) => {
    expect(mistakes(...changes)).toHaveLength(count);
  });
});
