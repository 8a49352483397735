import { dirname } from "node:path";
import { aptAuthority, repositoryFiles } from "../config/package-repository.ts";
import { proxyEnvironment } from "../config/proxy.ts";
import type { Host } from "../host.ts";
import type { PackageRepository } from "../os/os.ts";
import { directory } from "../resources/directory.ts";
import { editedFile } from "../resources/edited-file.ts";
import { file } from "../resources/file.ts";
import { packages as installed } from "../resources/package.ts";
import type { Resource } from "../resources/resource.ts";
import { packageSupply, wantedPackages } from "./package-supply.ts";
import { allHosts, type Phase } from "./phase.ts";
import { preflight } from "./preflight/index.ts";

/** Everything a host needs from its package manager, in one transaction: package managers are slow, and lock each other out. */
export const packages: Phase = {
  name: "packages",
  title: "Packages",
  needs: [allHosts(preflight)],
  hosts: ({ cluster }) => cluster.machines,
  async resources(host, context) {
    const { cluster } = context;
    const { repository } = await packageSupply(host, context);
    return [
      ...(repository ? described(host, repository) : []),
      installed({ ...wantedPackages(host, cluster), environment: proxyEnvironment(cluster) }),
    ];
  },
};

/** Kubernetes' own repository, where the host's do not have the version. */
function described({ os }: Host, repository: PackageRepository): Resource[] {
  const files = Object.entries(repositoryFiles(os, repository));
  const { caFile } = os.repository;
  const edit = (text: string) => (repository.ca !== undefined || text !== "" ? aptAuthority(os, repository) : "");
  return [
    ...[...new Set(files.map(([path]) => dirname(path)))].map((path) => directory({ path, mode: 0o755 })),
    ...files.map(([path, content]) => file({ path, content, mode: 0o644 })),
    ...(caFile === undefined ? [] : [editedFile({ path: caFile, edit })]),
  ];
}
