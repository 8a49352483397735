import { osRelease } from "../../facts/os-release.ts";
import { isSupported, SUPPORTED_SYSTEMS } from "../../os/supported.ts";
import type { Check } from "./check.ts";

export const operatingSystem: Check = {
  name: "operating-system",
  title: "The host's operating system is supported, by name and version",
  examine(host) {
    const release = host.fact(osRelease);
    const supported = isSupported(release);
    if (supported === true) return [];
    const name = release.PRETTY_NAME ?? `${release.ID ?? "unknown"} ${release.VERSION_ID ?? ""}`.trim();
    return [
      supported === false
        ? {
            message: `${name} is not supported`,
            hint: `use one of these: ${SUPPORTED_SYSTEMS}; or add operating-system to \`preflight.tolerate\``,
          }
        : {
            warning: true,
            message: `${name} is treated as its relative ${host.os.name}; Tripod has not been tried on it`,
            hint: `these are supported: ${SUPPORTED_SYSTEMS}`,
          },
    ];
  },
};
