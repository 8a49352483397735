import { mayBeNode } from "../../existing/existing.ts";
import type { Check, Problem } from "./check.ts";

const CONFIG = "/etc/selinux/config";
/** The policy of RHEL (selinux-policy: haproxy.te, keepalived.te), and what kubeadm's installation guide advises. */
const WHY =
  "its policy lets haproxy neither listen on port 8404 nor connect to port 6443, and keepalived run no script from /etc; Tripod sets no labels";
const HINT = `make it permissive, as kubeadm's guide does: \`setenforce 0\`, and SELINUX=permissive in ${CONFIG}; if a policy of yours allows all this, add selinux to \`preflight.tolerate\``;

/** Read without getenforce, which is not installed everywhere. A machine that is a node has worked so far: for it, this is a warning. */
export const selinux: Check = {
  name: "selinux",
  title: "The host's SELinux does not enforce its policy, now or after the next boot",
  async examine(host, { existing }) {
    const { stdout } = await host.read(
      `[ -e /sys/fs/selinux/enforce ] || exit 0
grep -qx 1 /sys/fs/selinux/enforce && echo now
grep -qsE '^SELINUX=enforcing' ${CONFIG} && echo boot
true`,
    );
    const warning = mayBeNode(existing, host.name);
    const problem = (message: string): Problem[] => [{ warning, message, why: WHY, hint: HINT }];
    if (/^now$/m.test(stdout)) return problem("SELinux is enforcing");
    return /^boot$/m.test(stdout) ? problem(`SELinux is enforcing after the next boot (${CONFIG})`) : [];
  },
};
