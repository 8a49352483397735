import { etcdEnvironment, etcdUnit } from "../config/etcd.ts";
import { etcdCertificates } from "../pki/etcd.ts";
import { directory } from "../resources/directory.ts";
import { etcdMember } from "../resources/etcd-member.ts";
import { memberHealthy } from "../resources/etcdctl.ts";
import { file } from "../resources/file.ts";
import { allHosts, type Phase, sameHost } from "./phase.ts";
import { programPath, programs, writtenBy } from "./software.ts";
import { certificates } from "./certificates.ts";
import { firewall } from "./firewall.ts";
import { packages } from "./packages.ts";
import { preflight } from "./preflight/index.ts";

const UNIT = "/etc/systemd/system/etcd.service";
const ENVIRONMENT = "/etc/etcd/etcd.env";

/** The external etcd: one member on each master, as systemd units. What follows starts when every member answers a quorum read. */
export const etcd: Phase = {
  name: "etcd",
  title: "etcd",
  needs: [allHosts(preflight), sameHost(packages), sameHost(firewall), allHosts(certificates)],
  hosts: ({ cluster }) => cluster.masters,
  async resources(host, context) {
    const { cluster, masters, existing } = context;
    const installed = await programs(host, context, "etcd");
    const program = programPath(host, cluster, "etcd", "etcd");
    // Clients' keys and certificates are read each time they are used; a member reads its own when it starts.
    const own = etcdCertificates(host.machine, cluster.etcd).filter(({ certificate }) =>
      /\/(server|peer)\.crt$/.test(certificate.path),
    );
    return [
      directory({ path: "/var/lib/etcd", mode: 0o700, owner: "etcd", group: "etcd" }),
      ...installed,
      file({ path: ENVIRONMENT, content: etcdEnvironment(cluster, host.machine), mode: 0o644 }),
      file({ path: UNIT, content: etcdUnit(program), mode: 0o644 }),
      etcdMember({
        masters,
        members: existing.members,
        clusterExists: existing.clusterExists,
        reads: [
          ENVIRONMENT,
          UNIT,
          ...writtenBy(installed).filter((path) => path === program),
          ...own.map(({ certificate }) => certificate.path),
        ],
        alone: (work) => context.exclusive("etcd restart", work),
      }),
    ];
  },
  until: (host) => [memberHealthy(host)],
};
