import { type Cni, STANDARD_PLUGINS } from "./cni.ts";

/** Tripod's own: `config/bridge.ts` writes its files, `phases/pod-network.ts` installs them. */
export const bridge: Cni = {
  name: "bridge",
  title: "the bridge plugin and static routes between hosts, for machines on one L2 segment",
  source: "https://www.cni.dev/plugins/current/main/bridge/",
  installedBy: "tripod",
  oneSegment: true,
  networkPolicy: false,
  plugins: STANDARD_PLUGINS,
  installsPlugins: false,
  modules: [],
  traffic: [],
  podRange: "Tripod gives every machine a /24 of the pod subnet",
  manifests: [],
};
