import type { Cluster } from "../inventory/cluster.ts";
import { render } from "../render/render.ts";

/** The environment that programs read, by name; empty without a proxy. */
export function proxyEnvironment(cluster: Cluster): Readonly<Record<string, string>> {
  const { proxy, kubernetes, loadBalancer, machines } = cluster;
  if (!proxy) return {};
  const direct = [
    ...["localhost", "127.0.0.0/8", loadBalancer.vip],
    ...machines.flatMap(({ name, address }) => [name, address]),
    ...[kubernetes.podSubnet, kubernetes.serviceSubnet, ".svc", `.${kubernetes.dnsDomain}`],
    ...proxy.no,
  ];
  return {
    ...(proxy.http !== undefined && { HTTP_PROXY: proxy.http }),
    ...(proxy.https !== undefined && { HTTPS_PROXY: proxy.https }),
    NO_PROXY: direct.join(","),
  };
}

/** A drop-in of containerd's unit: the proxy for pulling images. Without a proxy it sets none, so that removing one takes effect. */
export function containerdProxy(cluster: Cluster): string {
  const environment = Object.entries(proxyEnvironment(cluster)).map(([name, value]) => `${name}=${value}`);
  return render("containerd/proxy.conf", { environment });
}
