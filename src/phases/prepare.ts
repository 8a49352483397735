import { hostsFile } from "../config/hosts.ts";
import { loadedModules, modulesFile, SYSCTL_FILE, SYSCTLS, sysctlFile } from "../config/kernel.ts";
import { directory } from "../resources/directory.ts";
import { editedFile } from "../resources/edited-file.ts";
import { file } from "../resources/file.ts";
import { hostname } from "../resources/hostname.ts";
import { kernelModule } from "../resources/kernel-module.ts";
import { noSwap } from "../resources/swap.ts";
import { sysctl } from "../resources/sysctl.ts";
import { allHosts, type Phase } from "./phase.ts";
import { preflight } from "./preflight/index.ts";

/** What the kubelet and the pod network require of a host, now and after a reboot. */
export const prepare: Phase = {
  name: "prepare",
  title: "Prepare hosts",
  needs: [allHosts(preflight)],
  hosts: ({ cluster }) => cluster.machines,
  resources: (host, { cluster, existing }) => [
    hostname({ name: host.name }),
    editedFile({
      path: "/etc/hosts",
      edit: (text) => hostsFile(text, cluster.machines, existing.unknownNodes),
    }),
    // A minimal installation may have neither.
    ...["/etc/modules-load.d", "/etc/sysctl.d"].map((path) => directory({ path, mode: 0o755 })),
    file({
      path: "/etc/modules-load.d/tripod.conf",
      content: modulesFile(loadedModules(cluster)),
      mode: 0o644,
    }),
    ...loadedModules(cluster).map((name) => kernelModule({ name })),
    file({ path: SYSCTL_FILE, content: sysctlFile(), mode: 0o644 }),
    sysctl({ values: SYSCTLS }),
    noSwap({}),
  ],
};
