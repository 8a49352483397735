import { type Cni, STANDARD_PLUGINS } from "./cni.ts";

const VERSION = "0.28.9";

/**
 * Upstream, each at the tag v0.28.9: README.md (Kubernetes 1.17 and later; the standard plugins in /opt/cni/bin; br_netfilter),
 * Documentation/kubernetes.md, Documentation/backends.md (VXLAN on UDP 8472), and the manifest itself.
 */
export const flannel: Cni = {
  name: "flannel",
  title: "flannel's VXLAN, for machines in any number of segments",
  source: "https://github.com/flannel-io/flannel/blob/v0.28.9/README.md",
  installedBy: "manifest",
  oneSegment: false,
  networkPolicy: false,
  plugins: STANDARD_PLUGINS,
  installsPlugins: true,
  modules: ["vxlan"],
  traffic: [{ protocol: "udp", number: 8472, program: "flannel", what: "VXLAN" }],
  podRange: "Tripod writes the pod subnet into `net-conf.json` of its ConfigMap",
  manifests: [
    {
      from: 20,
      version: VERSION,
      url: `https://raw.githubusercontent.com/flannel-io/flannel/v${VERSION}/Documentation/kube-flannel.yml`,
      sha256: "e875824be2f552b45711dbda91af81b17eb961d00025d914d9fef18fad8f09c0",
    },
  ],
  adapted: (manifest, podSubnet) => manifest.replace('"Network": "10.244.0.0/16"', () => `"Network": "${podSubnet}"`),
  daemonSet: "kube-flannel/kube-flannel-ds",
};
