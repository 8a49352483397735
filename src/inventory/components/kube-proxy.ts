import { component } from "./component.ts";

/**
 * KubeProxyConfiguration (kubeproxy.config.k8s.io/v1alpha1): the json names in k8s.io/kube-proxy, config/v1alpha1/types.go, and in what it takes
 * from k8s.io/component-base, each read at the tags v0.20.0 to v0.36.0 and at the head of the branches release-1.20 to release-1.36. What is
 * Windows' alone is there on Linux too, and does nothing.
 */
export const KUBE_PROXY = component("kube-proxy", {
  since: {
    20: `
      kind apiVersion
      featureGates bindAddress healthzBindAddress metricsBindAddress bindAddressHardFail enableProfiling clusterCIDR hostnameOverride
      clientConnection.kubeconfig clientConnection.acceptContentTypes clientConnection.contentType clientConnection.qps
      clientConnection.burst
      iptables.masqueradeBit iptables.masqueradeAll iptables.syncPeriod iptables.minSyncPeriod
      ipvs.syncPeriod ipvs.minSyncPeriod ipvs.scheduler ipvs.excludeCIDRs ipvs.strictARP ipvs.tcpTimeout ipvs.tcpFinTimeout
      ipvs.udpTimeout
      oomScoreAdj mode portRange udpIdleTimeout
      conntrack.maxPerCore conntrack.min conntrack.tcpEstablishedTimeout conntrack.tcpCloseWaitTimeout
      configSyncPeriod nodePortAddresses winkernel.networkName winkernel.sourceVip winkernel.enableDSR
      showHiddenMetricsForVersion detectLocalMode`,
    24: `
      detectLocal.bridgeInterface detectLocal.interfaceNamePrefix
      winkernel.rootHnsEndpointName winkernel.forwardHealthCheckVip`,
    26: `
      iptables.localhostNodePorts`,
    28: `
      logging.format logging.flushFrequency logging.verbosity logging.vmodule.filePattern logging.vmodule.verbosity
      logging.options.json.splitStream logging.options.json.infoBufferSize`,
    29: `
      conntrack.tcpBeLiberal conntrack.udpTimeout conntrack.udpStreamTimeout
      nftables.masqueradeBit nftables.masqueradeAll nftables.syncPeriod nftables.minSyncPeriod`,
    30: `
      logging.options.text.splitStream logging.options.text.infoBufferSize`,
    31: `
      windowsRunAsService`,
  },
  last: { udpIdleTimeout: 25 },
  values: {
    mode: {
      userspace: { last: 25 },
      iptables: {},
      ipvs: {},
      // KEP 3866: alpha in 1.29, beta and on in 1.31, for good in 1.33.
      nftables: { since: 29, gate: { name: "NFTablesProxyMode", on: 31 } },
    },
    detectLocalMode: {
      ClusterCIDR: {},
      NodeCIDR: {},
      BridgeInterface: { since: 24 },
      InterfaceNamePrefix: { since: 24 },
    },
    "logging.format": { text: {}, json: {} },
  },
});
