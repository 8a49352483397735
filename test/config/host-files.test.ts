import { describe, expect, it } from "vitest";
import { KERNEL_MODULES, modulesFile, SYSCTLS, sysctlFile } from "../../src/config/kernel.ts";
import { kubeletDropIn, kubeletUnit } from "../../src/config/kubelet.ts";
import { expectGolden } from "../support/golden.ts";

describe("A host is prepared", () => {
  it("with modules and settings that outlive a reboot", () => {
    expectGolden("kernel/modules.conf", modulesFile());
    expectGolden("kernel/sysctl.conf", sysctlFile());
    for (const module of KERNEL_MODULES) expect(modulesFile().split("\n")).toContain(module);
    for (const [name, value] of Object.entries(SYSCTLS)) expect(sysctlFile()).toContain(`${name} = ${value}\n`);
  });

  it("with a unit for an uploaded kubelet, and the drop-in through which kubeadm configures it", () => {
    expectGolden("kubelet/kubelet.service", kubeletUnit("/usr/local/bin/kubelet"));
    expectGolden("kubelet/10-kubeadm.conf", kubeletDropIn("/usr/local/bin/kubelet"));
  });
});
