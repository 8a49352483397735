import { stringify } from "yaml";
import { WORKLOAD_IMAGE } from "../../src/lab/images.ts";

const NAME = "stand-in";
const GROUP = "stand-in.example";
const LABELS = { "k8s-app": NAME };
const IN_NAMESPACE = { name: NAME, namespace: NAME, labels: LABELS };

/**
 * The manifest of a pod network of our own, of the size and shape of Calico's, from images that the lab has: for clusters whose network comes from
 * a manifest. Routes between hosts in one segment, as `bridge` has, but laid by a DaemonSet, which asks the API for the nodes' pod ranges.
 *
 * Its objects need sorting: the custom resource is named before its definition, and everything else before its namespace. The definition is
 * larger than what client-side apply can carry. The Deployment tolerates no master: it is Ready only when a worker has joined.
 */
export function standInCni(image = WORKLOAD_IMAGE): string {
  return [
    {
      apiVersion: `${GROUP}/v1`,
      kind: "StandInPool",
      metadata: { name: "default" },
      spec: { field0: "10.244.0.0/16" },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: IN_NAMESPACE },
    ...permissions(),
    { apiVersion: "v1", kind: "ConfigMap", metadata: IN_NAMESPACE, data: { "install.sh": INSTALL, "run.sh": RUN } },
    daemonSet(image),
    deployment(image),
    definition(),
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAME, labels: LABELS } },
  ]
    .map((object) => `---\n${stringify(object, { aliasDuplicateObjects: false })}`)
    .join("");
}

/** More than the 256 KiB of an object's annotations. */
function definition(): object {
  const description = "What a large pod network says of one of its fields. ".repeat(20);
  const fields = Array.from({ length: 300 }, (_, index) => [`field${index}`, { type: "string", description }]);
  const spec = { type: "object", properties: Object.fromEntries(fields) as object };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `standinpools.${GROUP}` },
    spec: {
      group: GROUP,
      scope: "Cluster",
      names: { kind: "StandInPool", listKind: "StandInPoolList", plural: "standinpools", singular: "standinpool" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec } } },
        },
      ],
    },
  };
}

function permissions(): object[] {
  const apiGroup = "rbac.authorization.k8s.io";
  const role = (name: string, rules: object[]) => ({
    apiVersion: `${apiGroup}/v1`,
    kind: "ClusterRole",
    metadata: { name, labels: LABELS },
    rules,
  });
  const binding = (name: string) => ({
    apiVersion: `${apiGroup}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name, labels: LABELS },
    roleRef: { apiGroup, kind: "ClusterRole", name },
    subjects: [{ kind: "ServiceAccount", name: NAME, namespace: NAME }],
  });
  const names = [`${NAME}:nodes`, `${NAME}:pools`];
  return [
    role(`${NAME}:nodes`, [{ apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] }]),
    role(`${NAME}:pools`, [{ apiGroups: [GROUP], resources: ["standinpools"], verbs: ["get", "list", "watch"] }]),
    ...names.map(binding),
  ];
}

/** Before the pods that need it: a plugin of its own, which calls a standard one that the host has. */
const INSTALL = `set -eu
bin=/host/opt/cni/bin
printf '#!/bin/sh\\nexec /opt/cni/bin/bridge\\n' >$bin/.stand-in
busybox chmod 755 $bin/.stand-in
busybox mv $bin/.stand-in $bin/stand-in
`;

/** Keeps the routes to other nodes' pods, with the host's own programs; and configures the network once its node has a pod range. */
const RUN = `set -u
account=/var/run/secrets/kubernetes.io/serviceaccount
busybox mkdir -p /host/run/stand-in
: >/host/run/stand-in/kubeconfig
columns='NAME:.metadata.name,RANGE:.spec.podCIDR,ADDRESS:.status.addresses[?(@.type=="InternalIP")].address'
while true; do
  busybox cp $account/ca.crt /host/run/stand-in/ca.crt
  nodes=$(busybox chroot /host kubectl --kubeconfig /run/stand-in/kubeconfig --certificate-authority /run/stand-in/ca.crt \\
    --server "https://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT" --token "$(busybox cat $account/token)" \\
    --request-timeout 5s get nodes --no-headers -o custom-columns="$columns") || { busybox sleep 2; continue; }
  echo "$nodes" | while read -r name range address; do
    [ "$range" != '<none>' ] || continue
    if [ "$name" != "$NODE_NAME" ]; then
      busybox chroot /host ip route replace "$range" via "$address" proto 118
    elif [ ! -e /host/etc/cni/net.d/10-stand-in.conflist ]; then
      busybox mkdir -p /host/etc/cni/net.d
      printf '%s\\n' '{"cniVersion": "0.4.0", "name": "stand-in", "plugins": [{"type": "stand-in", "bridge": "stand-in",' \\
        '"isDefaultGateway": true, "hairpinMode": true, "ipam": {"type": "host-local", "ranges": [[{"subnet": "'"$range"'"}]]}},' \\
        '{"type": "portmap", "capabilities": {"portMappings": true}}]}' >/host/etc/cni/net.d/.stand-in
      busybox mv /host/etc/cni/net.d/.stand-in /host/etc/cni/net.d/10-stand-in.conflist
    fi
  done
  busybox sleep 5
done
`;

function daemonSet(image: string): object {
  const container = { image, imagePullPolicy: "IfNotPresent", securityContext: { privileged: true } };
  const scripts = { name: "scripts", mountPath: "/scripts" };
  const host = { name: "host", mountPath: "/host" };
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: IN_NAMESPACE,
    spec: {
      selector: { matchLabels: LABELS },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
      template: {
        metadata: { labels: LABELS },
        spec: {
          hostNetwork: true,
          priorityClassName: "system-node-critical",
          serviceAccountName: NAME,
          terminationGracePeriodSeconds: 0,
          tolerations: [
            { operator: "Exists", effect: "NoSchedule" },
            { operator: "Exists", effect: "NoExecute" },
          ],
          initContainers: [
            {
              ...container,
              name: "install",
              command: ["/bin/sh", "/scripts/install.sh"],
              volumeMounts: [scripts, host],
            },
          ],
          containers: [
            {
              ...container,
              name: NAME,
              command: ["/bin/sh", "/scripts/run.sh"],
              env: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
              readinessProbe: {
                exec: { command: ["/bin/sh", "-c", "[ -e /host/etc/cni/net.d/10-stand-in.conflist ]"] },
                periodSeconds: 2,
              },
              volumeMounts: [scripts, host],
            },
          ],
          volumes: [
            { name: "scripts", configMap: { name: NAME } },
            { name: "host", hostPath: { path: "/" } },
          ],
        },
      },
    },
  };
}

function deployment(image: string): object {
  const labels = { "k8s-app": `${NAME}-controllers` };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: `${NAME}-controllers`, namespace: NAME, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: NAME,
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: "controllers",
              image,
              imagePullPolicy: "IfNotPresent",
              readinessProbe: { httpGet: { path: "/", port: 8080 }, periodSeconds: 2 },
            },
          ],
        },
      },
    },
  };
}
