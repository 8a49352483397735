/** Ports, paths and names on hosts that more than one layer needs. */

/** The port of each master's own API server; clients use the load balancer's. */
export const API_SERVER_PORT = 6443;
export const ETCD_CLIENT_PORT = 2379;
export const ETCD_PEER_PORT = 2380;
/** etcd's metrics, on loopback only. */
export const ETCD_METRICS_PORT = 2381;
/** The API server's default for --service-node-port-range. */
export const NODE_PORTS = { first: 30_000, last: 32_767 } as const;

/** PKI of the external etcd. Not below /etc/kubernetes/pki, which `kubeadm reset` deletes. */
export const ETCD_PKI = "/etc/etcd/pki";
/** Where kubeadm expects the PKI of the cluster. */
export const KUBERNETES_PKI = "/etc/kubernetes/pki";
/** The kubelet starts the API server from it; it exists once a master has a control plane. */
export const API_SERVER_MANIFEST = "/etc/kubernetes/manifests/kube-apiserver.yaml";

/** Marks a bootstrap token as Tripod's, so that other tokens are left alone. */
export const TOKEN_DESCRIPTION = "Tripod, for the joins of this run";
/** How long a bootstrap token lives if no run deletes it, ms. */
export const TOKEN_LIFE = 3_600_000;
