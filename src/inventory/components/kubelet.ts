import { component } from "./component.ts";

/**
 * KubeletConfiguration (kubelet.config.k8s.io/v1beta1): the json names in k8s.io/kubelet, config/v1beta1/types.go, and in what it takes from
 * k8s.io/component-base, each read at the tags v0.20.0 to v0.36.0 and at the head of the branches release-1.20 to release-1.36. What is free
 * (evictionHard, featureGates, systemReserved …) is listed without its contents.
 */
export const KUBELET = component("the kubelet", {
  since: {
    20: `
      kind apiVersion
      enableServer staticPodPath syncFrequency fileCheckFrequency httpCheckFrequency staticPodURL staticPodURLHeader
      address port readOnlyPort tlsCertFile tlsPrivateKeyFile tlsCipherSuites tlsMinVersion rotateCertificates serverTLSBootstrap
      authentication.x509.clientCAFile authentication.webhook.enabled authentication.webhook.cacheTTL
      authentication.anonymous.enabled
      authorization.mode authorization.webhook.cacheAuthorizedTTL authorization.webhook.cacheUnauthorizedTTL
      registryPullQPS registryBurst eventRecordQPS eventBurst enableDebuggingHandlers enableContentionProfiling
      healthzPort healthzBindAddress oomScoreAdj clusterDomain clusterDNS streamingConnectionIdleTimeout
      nodeStatusUpdateFrequency nodeStatusReportFrequency nodeLeaseDurationSeconds
      imageMinimumGCAge imageGCHighThresholdPercent imageGCLowThresholdPercent volumeStatsAggPeriod
      kubeletCgroups systemCgroups cgroupRoot cgroupsPerQOS cgroupDriver cpuManagerPolicy cpuManagerReconcilePeriod
      topologyManagerPolicy topologyManagerScope qosReserved runtimeRequestTimeout hairpinMode
      maxPods podCIDR podPidsLimit resolvConf runOnce cpuCFSQuota cpuCFSQuotaPeriod nodeStatusMaxImages maxOpenFiles
      contentType kubeAPIQPS kubeAPIBurst serializeImagePulls
      evictionHard evictionSoft evictionSoftGracePeriod evictionPressureTransitionPeriod evictionMaxPodGracePeriod
      evictionMinimumReclaim podsPerCore enableControllerAttachDetach protectKernelDefaults
      makeIPTablesUtilChains iptablesMasqueradeBit iptablesDropBit featureGates failSwapOn
      containerLogMaxSize containerLogMaxFiles configMapAndSecretChangeDetectionStrategy
      systemReserved kubeReserved reservedSystemCPUs showHiddenMetricsForVersion systemReservedCgroup kubeReservedCgroup
      enforceNodeAllocatable allowedUnsafeSysctls volumePluginDir providerID kernelMemcgNotification
      logging.format logging.sanitization enableSystemLogHandler shutdownGracePeriod shutdownGracePeriodCriticalPods`,
    21: `
      enableProfilingHandler enableDebugFlagsHandler memoryManagerPolicy reservedMemory.numaNode reservedMemory.limits`,
    22: `
      cpuManagerPolicyOptions memorySwap.swapBehavior memoryThrottlingFactor seccompDefault`,
    23: `
      logging.flushFrequency logging.verbosity logging.vmodule.filePattern logging.vmodule.verbosity
      logging.options.json.splitStream logging.options.json.infoBufferSize registerNode
      registerWithTaints.key registerWithTaints.value registerWithTaints.effect registerWithTaints.timeAdded
      shutdownGracePeriodByPodPriority.priority shutdownGracePeriodByPodPriority.shutdownGracePeriodSeconds`,
    25: `
      localStorageCapacityIsolation tracing.endpoint tracing.samplingRatePerMillion`,
    26: `
      topologyManagerPolicyOptions`,
    27: `
      containerRuntimeEndpoint imageServiceEndpoint enableSystemLogQuery maxParallelImagePulls`,
    29: `
      imageMaximumGCAge`,
    30: `
      containerLogMaxWorkers containerLogMonitorInterval podLogsDir
      logging.options.text.splitStream logging.options.text.infoBufferSize`,
    31: `
      failCgroupV1`,
    32: `
      crashLoopBackOff.maxContainerRestartPeriod singleProcessOOMKill`,
    33: `
      imagePullCredentialsVerificationPolicy preloadedImagesVerificationAllowlist mergeDefaultEvictionSettings
      userNamespaces.idsPerPod`,
    36: `
      memoryReservationPolicy tlsCurvePreferences`,
  },
  last: { "logging.sanitization": 23 },
  values: {
    tlsMinVersion: { VersionTLS10: {}, VersionTLS11: {}, VersionTLS12: {}, VersionTLS13: {} },
    cpuManagerPolicy: { none: {}, static: {} },
    // BestEffort is for Windows.
    memoryManagerPolicy: { None: {}, Static: {} },
    topologyManagerPolicy: { none: {}, "best-effort": {}, restricted: {}, "single-numa-node": {} },
    topologyManagerScope: { container: {}, pod: {} },
    hairpinMode: { "promiscuous-bridge": {}, "hairpin-veth": {}, none: {} },
    configMapAndSecretChangeDetectionStrategy: { Watch: {}, Cache: {}, Get: {} },
    // The first minor of NoSwap, and of the two that end in -compressible, is not certain: no one is refused.
    "memorySwap.swapBehavior": { NoSwap: {}, LimitedSwap: {}, UnlimitedSwap: { last: 29 } },
    enforceNodeAllocatable: {
      none: {},
      pods: {},
      "system-reserved": {},
      "system-reserved-compressible": {},
      "kube-reserved": {},
      "kube-reserved-compressible": {},
    },
    "logging.format": { text: {}, json: {} },
    imagePullCredentialsVerificationPolicy: {
      NeverVerify: {},
      NeverVerifyPreloadedImages: {},
      NeverVerifyAllowlistedImages: {},
      AlwaysVerify: {},
    },
    memoryReservationPolicy: { None: {}, TieredReservation: {} },
  },
});
