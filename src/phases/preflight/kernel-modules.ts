import { loadedModules, proxyModules } from "../../config/kernel.ts";
import { sh } from "../../remote/shell.ts";
import { mayBeNode } from "../../existing/existing.ts";
import type { Check, Problem } from "./check.ts";

/**
 * For each module that is not in the kernel already: `missing NAME`, `off NAME FILE` where modprobe's configuration forbids it (as
 * hardening guides advise for overlay), or `unknown NAME` where there is no list of modules, as in a container. modprobe itself may not
 * be installed yet; and a kernel without loadable modules has an empty list. The last three lines are for modules that are built in and have no folder in /sys.
 */
function script(modules: readonly string[]): string {
  return sh`folder=/lib/modules/$(uname -r)
there() {
  [ -d "/sys/module/$1" ] || grep -qsF "/$1.ko" "$folder/modules.builtin" ||
  case $1 in
    overlay) grep -qw overlay /proc/filesystems ;;
    br_netfilter) [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] ;;
    nf_conntrack) [ -e /proc/sys/net/netfilter/nf_conntrack_max ] ;;
    *) false ;;
  esac
}
for name in ${modules}; do
  there "$name" && continue
  file=$(grep -lsE "^[[:space:]]*install[[:space:]]+$name[[:space:]]+(/usr)?/s?bin/(false|true)" /etc/modprobe.d/*.conf /run/modprobe.d/*.conf /usr/lib/modprobe.d/*.conf | head -n 1)
  if [ "$file" ]; then echo "off $name $file"
  elif [ ! -s "$folder/modules.dep" ]; then echo "unknown $name"
  else grep -qE "/$name[.]ko([.][a-z0-9]+)?:" "$folder/modules.dep" || echo "missing $name"; fi
done
true`;
}

/** What the kernel loads by itself may also be built in without a trace: where there is no list, only the modules that Tripod loads are named. */
export const kernelModules: Check = {
  name: "kernel-modules",
  title: "The host's kernel has the modules that containerd, the pod network and kube-proxy need",
  async examine(host, { cluster, existing }) {
    const loaded = loadedModules(cluster);
    const { stdout } = await host.read(script([...loaded, ...proxyModules(cluster)]));
    const found = [...stdout.matchAll(/^(missing|off|unknown) (\w+) ?(.*)$/gm)].map(
      ([, state = "", name = "", file = ""]) => ({ state, name, file }),
    );
    const of = (wanted: string) => found.filter(({ state }) => state === wanted);
    const missing = of("missing").map(({ name }) => name);
    const unknown = of("unknown").flatMap(({ name }) => (loaded.includes(name) ? [name] : []));
    // A machine that is a node has worked so far.
    const warning = mayBeNode(existing, host.name);
    return [
      ...(missing.length === 0 ? [] : [{ ...isMissing(missing), warning }]),
      ...of("off").map(({ name, file }) => ({ ...isOff(name, file), warning })),
      ...(unknown.length === 0 ? [] : [isUnknown(unknown)]),
    ];
  },
};

function isMissing(names: readonly string[]): Problem {
  return {
    message: `its kernel has no ${names.join(", ")}`,
    hint: "install the rest of the kernel's modules (Ubuntu: linux-modules-extra-VERSION, RHEL: kernel-modules-extra), or boot the distribution's standard kernel",
  };
}

function isOff(name: string, file: string): Problem {
  return {
    message: `${file} forbids the kernel module ${name}`,
    hint: `remove the line \`install ${name} …\` there`,
  };
}

function isUnknown(names: readonly string[]): Problem {
  return {
    warning: true,
    message: `there is no list of its kernel's modules, so whether it has ${names.join(", ")} is found out when they are loaded`,
    hint: "in a container, load them on the machine around it; after an upgrade of the kernel, reboot",
  };
}
