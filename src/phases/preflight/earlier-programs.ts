import type { Host } from "../../host.ts";
import type { Cluster } from "../../inventory/cluster.ts";
import { LOCAL_BIN } from "../../releases/projects.ts";
import { RECORDS } from "../../resources/release-scripts.ts";
import { sh } from "../../remote/shell.ts";
import { originOf } from "../software.ts";
import type { Problem } from "./check.ts";

/** What Tripod installs where a component comes from releases or a folder, and what therefore is used instead of a package's. */
const INSTALLED = {
  kubernetes: { programs: ["kubeadm", "kubelet", "kubectl", "crictl"], unit: "/etc/systemd/system/kubelet.service" },
  containerd: {
    programs: ["containerd", "containerd-shim-runc-v2", "ctr", "runc"],
    unit: "/etc/systemd/system/containerd.service",
  },
} as const;

/**
 * Components that are to come from packages now, and came from releases or a folder before: every PATH has the programs of that time first, and
 * their units replace the packages'. Removing them changes what a running cluster uses, so an administrator does it, host by host. (etcd's
 * unit is Tripod's in both cases, and follows.)
 */
export async function earlierPrograms(host: Host, cluster: Cluster): Promise<Problem[]> {
  const found = await Promise.all(
    (["kubernetes", "containerd"] as const).map(async (component) => {
      if (originOf(host, cluster, component) !== "packages") return [];
      const { programs, unit } = INSTALLED[component];
      const records = programs.map((name) => `${RECORDS}/${name}`);
      const { code } = await host.read(sh`for f in ${records}; do [ ! -e "$f" ] || exit 10; done
grep -qsF 'Written by Tripod' ${unit} && grep -qsF =${LOCAL_BIN}/ ${unit} && exit 10; true`);
      return code === 10 ? [problem(component)] : [];
    }),
  );
  return found.flat();
}

function problem(component: keyof typeof INSTALLED): Problem {
  const { programs, unit } = INSTALLED[component];
  const service = component === "kubernetes" ? "kubelet" : "containerd";
  const files = [
    ...programs.flatMap((name) => [`${LOCAL_BIN}/${name}`, `${RECORDS}/${name}`]),
    unit,
    ...(component === "kubernetes" ? [`${unit}.d/10-kubeadm.conf`] : []),
  ];
  return {
    message: `${component} is to come from packages, but the programs in ${LOCAL_BIN} that an earlier run installed would be used`,
    why: `rm -f ${files.join(" ")} && systemctl daemon-reload`,
    hint:
      `remove them with the command above, host by host, run Tripod again, and then \`systemctl restart ${service}\` on one host after another; ` +
      `or leave \`software.from\` for ${component} as it was`,
  };
}
