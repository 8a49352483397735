import type { Cni, PublishedManifest } from "./cni.ts";

/**
 * By the Kubernetes versions on which Calico is tested: "Kubernetes requirements" in the documentation of 3.32 (1.34 to 1.36), 3.31 (1.32 to
 * 1.35), 3.29 (1.29 to 1.32) and 3.26 (1.24 to 1.27). For 1.28 it is 3.28, which is built and tested with 1.29 (metadata.mk at its tag).
 */
const MANIFESTS: readonly PublishedManifest[] = [
  manifest(34, "3.32.1", "a1df919d9721cf667accdc3e72848911b0cb25cfab7d2478ad0c996302c95744"),
  manifest(32, "3.31.7", "d6d8a489a4ed8e5b8efd8b339047b496ca657b55ee2e3618e791507b0a853e8d"),
  manifest(29, "3.29.7", "b200cb3c2c7341717abe98e4acc80a13117bcd2c9c46ad46e8c209c5753f0b2f"),
  manifest(28, "3.28.5", "206678e7adb2e931bb97385300c408490635616f371941d68468207d6e0f9713"),
  manifest(24, "3.26.5", "2468a8c939658b959860b0e78c3d2f420c53bb08af7511f3d335e051f9db8b22"),
];

/**
 * Upstream: docs.tigera.io/calico/latest, "System requirements" (kernel, ports) and "Install Calico networking and network policy for
 * on-premises deployments" (under kubeadm the pod subnet is detected); manifests/calico.yaml (IP-in-IP and BGP; no Typha, no VXLAN).
 * Its init container installs loopback, host-local, portmap and its own plugins (cni-plugin/pkg/install).
 */
export const calico: Cni = {
  name: "calico",
  title: "Calico with IP-in-IP and BGP, for machines in any number of segments, with NetworkPolicy",
  source: "https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements",
  installedBy: "manifest",
  oneSegment: false,
  networkPolicy: true,
  plugins: [],
  installsPlugins: true,
  modules: ["ipip", "ip_set"],
  traffic: [
    { protocol: "tcp", number: 179, program: "bird", what: "BGP" },
    { protocol: "ip", number: 4, program: "calico", what: "IP-in-IP" },
  ],
  podRange: "Calico reads the pod subnet from kubeadm's ConfigMap",
  manifests: MANIFESTS,
  daemonSet: "kube-system/calico-node",
};

function manifest(from: number, version: string, sha256: string): PublishedManifest {
  const url = `https://raw.githubusercontent.com/projectcalico/calico/v${version}/manifests/calico.yaml`;
  return { from, version, url, sha256 };
}
