import { type Cni, STANDARD_PLUGINS } from "./cni.ts";

/** What `network.manifest` stands for: any pod network, of which nothing is known but what all of them have in common. */
export const anyManifest: Cni = {
  name: "manifest",
  title: "any pod network that is installed from a manifest",
  source: "https://kubernetes.io/docs/concepts/cluster-administration/addons/#networking-and-network-policy",
  installedBy: "manifest",
  oneSegment: false,
  networkPolicy: undefined,
  plugins: STANDARD_PLUGINS,
  installsPlugins: true,
  modules: [],
  traffic: [],
  podRange: "the manifest is applied unmodified: it has to contain the pod subnet, or read it from the cluster",
  manifests: [],
};
