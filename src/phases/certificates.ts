import { apiServerSans } from "../config/kubeadm.ts";
import { firstServiceAddress } from "../config/service-address.ts";
import { apiServerCertificate } from "../pki/api-server.ts";
import { etcdAuthority, etcdCertificates } from "../pki/etcd.ts";
import { ETCD_PKI, KUBERNETES_PKI } from "../layout.ts";
import type { AuthorityFiles, PkiFile } from "../pki/files.ts";
import { kubernetesAuthorities, serviceAccountFiles } from "../pki/kubernetes.ts";
import { certificate } from "../resources/certificate.ts";
import { directory } from "../resources/directory.ts";
import { file } from "../resources/file.ts";
import type { Resource } from "../resources/resource.ts";
import { user } from "../resources/user.ts";
import type { KeptSecret, Secret } from "../secret.ts";
import { etcdAuthorityOf, type KeptAuthority, kubernetesAuthorityOf, serviceAccountKeys } from "./authorities.ts";
import { allHosts, type Context, type Phase } from "./phase.ts";
import { preflight } from "./preflight/index.ts";

/**
 * The whole PKI, before anything that uses it: etcd's authority and the key pairs of every member, and Kubernetes' authorities. Because
 * Tripod creates these too, no master is special: nothing is copied from the first to the others after `kubeadm init`.
 */
export const certificates: Phase = {
  name: "certificates",
  title: "Certificates",
  needs: [allHosts(preflight)],
  hosts: ({ cluster }) => cluster.masters,
  async resources(host, context) {
    const { etcd, kubernetes } = context.cluster;
    const [etcdCa, serviceAccount, ...kubernetesCas] = await Promise.all([
      etcdAuthorityOf(context),
      serviceAccountKeys(context),
      ...kubernetesAuthorities.map((files) => kubernetesAuthorityOf(context, files)),
    ]);
    const [kubernetesCa = etcdCa] = kubernetesCas;
    const apiServer = apiServerCertificate({
      name: host.name,
      address: host.machine.address,
      dnsDomain: kubernetes.dnsDomain,
      serviceAddress: firstServiceAddress(context.cluster),
      sans: apiServerSans(context.cluster),
    });
    return [
      user({ name: "etcd", home: "/var/lib/etcd" }),
      ...["/etc/etcd", ETCD_PKI, "/etc/kubernetes", KUBERNETES_PKI, `${KUBERNETES_PKI}/etcd`].map((path) =>
        directory({ path, mode: 0o755 }),
      ),
      ...authorityFiles(etcdAuthority, known(etcdCa, context)),
      ...kubernetesAuthorities.flatMap((files, index) => authorityFiles(files, known(kubernetesCas[index], context))),
      pkiFile(serviceAccountFiles.key, known(serviceAccount, context)?.key),
      pkiFile(serviceAccountFiles.publicKey, known(serviceAccount, context)?.publicKey),
      ...etcdCertificates(host.machine, etcd).map((files) =>
        certificate({ files, authority: etcdCa, renewBefore: etcd.renewBefore }),
      ),
      certificate({ files: apiServer, authority: kubernetesCa, renewBefore: etcd.renewBefore }),
    ];
  },
};

/** What a plan generates differs from what the apply will generate. */
function known<T extends { readonly made: boolean }>(pair: T | undefined, { mode }: Context): T | undefined {
  return mode === "plan" && pair?.made ? undefined : pair;
}

/** The key first: where the certificate exists, its key exists too. */
function authorityFiles(files: AuthorityFiles, pair: KeptAuthority | undefined): Resource[] {
  return [
    pkiFile(files.key, pair?.key),
    pkiFile(files.certificate, pair?.certificate),
    ...files.copies.map((copy) => pkiFile(copy, pair?.certificate)),
  ];
}

function pkiFile(where: PkiFile, content: string | Secret | KeptSecret | undefined): Resource {
  return file({ ...where, content });
}
