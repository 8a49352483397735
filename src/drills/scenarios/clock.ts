import type { Scenario } from "../scenario.ts";
import { scriptedDisruption } from "../scripted-disruption.ts";
import { otherThan } from "./victims.ts";

const MARK = "/run/tripod/drill/clock-is-off";

/** A container shares the clock of its machine with all others there. Checked again on the host, right before the clock is set. */
const OWN_CLOCK = "! systemd-detect-virt --quiet --container";

export const clock: Scenario = {
  name: "clock",
  title: "clock of a master set one minute ahead",
  usual: false,
  lasts: [15_000, 15_000],
  prepare: async ({ masters, holder }, undoneAfter) => {
    const victim = otherThan(masters, await holder()) ?? (await holder());
    const own = (await victim.read(OWN_CLOCK)).code === 0;
    if (!own) return `${victim.name} is a container: it shares the clock of its machine, which is never set`;
    return scriptedDisruption(
      victim,
      {
        name: "clock",
        what: `clock of ${victim.name} set one minute ahead`,
        disrupt: [
          `${OWN_CLOCK} || exit`,
          `timedatectl show -p NTP --value >${MARK} && timedatectl set-ntp false`,
          `date -s "@$(($(date +%s) + 60))" >/dev/null`,
        ].join("\n"),
        undo: [
          `[ -e ${MARK} ] || exit 0`,
          `${OWN_CLOCK} || exit`,
          `date -s "@$(($(date +%s) - 60))" >/dev/null && ntp=$(cat ${MARK}) && rm ${MARK}`,
          `[ "$ntp" != yes ] || timedatectl set-ntp true`,
        ].join("\n"),
      },
      undoneAfter,
    );
  },
};
