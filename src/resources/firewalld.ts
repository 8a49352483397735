import { quote } from "../remote/shell.ts";
import { command } from "./command.ts";
import { type Change, defineResource } from "./resource.ts";

export interface FirewalldArgs {
  /** The interfaces whose zones get the rules. */
  readonly interfaces: readonly string[];
  /** Rich rules, as `firewall-cmd --list-rich-rules` prints them. */
  readonly rules: readonly string[];
  readonly podSubnet: string;
}

interface FirewalldState {
  readonly zones: readonly string[];
  /** `runtime public RULE`, `permanent trusted 10.244.0.0/16`, `permanent policy ACCEPT`: what is there, one a line. */
  readonly present: ReadonlySet<string>;
}

/** The zone of firewalld that accepts everything, and a policy of ours by which packets are forwarded to it from all other zones. */
const TRUSTED = "trusted";
const POLICY = "tripod-pods";
const POLICY_SETTINGS = ["target ACCEPT", "ingress ANY", `egress ${TRUSTED}`];

/**
 * Rich rules in the zones of these interfaces, in use and after a boot; and pods' packets, which are forwarded. firewalld is reloaded only
 * for its new policy. Rules are never removed: a rich rule does not say who added it.
 */
export const firewalld = defineResource<FirewalldArgs, FirewalldState>({
  kind: "firewalld",
  name: () => "rules",
  async read(host, { interfaces }) {
    const { stdout } = await host.read(`default=$(firewall-cmd --get-default-zone)
for i in ${interfaces.map(quote).join(" ")}; do
  zone=$(firewall-cmd --get-zone-of-interface="$i" 2>/dev/null) || zone=$default
  echo "zone $zone"
  firewall-cmd --zone="$zone" --list-rich-rules | sed "s/^/runtime $zone /"
  firewall-cmd --permanent --zone="$zone" --list-rich-rules | sed "s/^/permanent $zone /"
done
firewall-cmd --zone=${TRUSTED} --list-sources | tr ' ' '\\n' | sed 's/^/runtime ${TRUSTED} /'
firewall-cmd --permanent --zone=${TRUSTED} --list-sources | tr ' ' '\\n' | sed 's/^/permanent ${TRUSTED} /'
firewall-cmd --get-policies | tr ' ' '\\n' | grep -qx ${POLICY} && echo 'runtime policy ${POLICY}'
p="firewall-cmd --permanent --policy=${POLICY}"
target=$($p --get-target 2>/dev/null) || exit 0
echo "permanent policy target $target"
$p --list-ingress-zones | sed 's/^/permanent policy ingress /'
$p --list-egress-zones | sed 's/^/permanent policy egress /'`);
    const lines = stdout.split("\n").map((line) => line.trim());
    const zones = lines.flatMap((line) => /^zone ([\w-]+)$/.exec(line)?.[1] ?? []);
    return { zones: [...new Set(zones)], present: new Set(lines) };
  },
  diff(args, state) {
    const lacks = (...lines: readonly string[]) => lines.some((line) => !state.present.has(line));
    const entries = wanted(args, state).flatMap(([zone, entry]) =>
      change(`zone ${zone}`, entry, lacks(`runtime ${zone} ${entry}`), lacks(`permanent ${zone} ${entry}`)),
    );
    const settings = POLICY_SETTINGS.map((setting) => `permanent policy ${setting}`);
    const title = `forward from all zones to ${TRUSTED}`;
    return [...entries, ...change(`policy ${POLICY}`, title, lacks(`runtime policy ${POLICY}`), lacks(...settings))];
  },
  async apply(host, args, state) {
    const missing = (time: string) =>
      wanted(args, state).filter(([zone, entry]) => !state.present.has(`${time} ${zone} ${entry}`));
    const add = (time: string, zone: string) => {
      const options = missing(time)
        .filter(([of]) => of === zone)
        .map(([, entry]) => quote(zone === TRUSTED ? `--add-source=${entry}` : `--add-rich-rule=${entry}`));
      const permanent = time === "permanent" ? " --permanent" : "";
      return options.length === 0 ? [] : [`firewall-cmd -q${permanent} --zone=${zone} ${options.join(" ")}`];
    };
    const zones = [...new Set([...state.zones, TRUSTED])];
    const policy = POLICY_SETTINGS.some((setting) => !state.present.has(`permanent policy ${setting}`));
    const reload = policy || !state.present.has(`runtime policy ${POLICY}`);
    await command(
      host,
      [
        ...zones.flatMap((zone) => add("permanent", zone)),
        ...(policy ? [policyScript()] : []),
        // It also brings the permanent rules into use.
        ...(reload ? ["firewall-cmd -q --reload"] : zones.flatMap((zone) => add("runtime", zone))),
      ].join(" &&\n"),
    );
  },
});

/** The zone and the rule, or the source, that it should have. */
function wanted({ rules, podSubnet }: FirewalldArgs, { zones }: FirewalldState): readonly [string, string][] {
  return [...zones.flatMap((zone) => rules.map((rule): [string, string] => [zone, rule])), [TRUSTED, podSubnet]];
}

function change(field: string, to: string, notInUse: boolean, notKept: boolean): Change[] {
  if (!notInUse && !notKept) return [];
  return [{ field, from: !notInUse ? "gone after a reload" : !notKept ? "not loaded yet" : "absent", to }];
}

function policyScript(): string {
  const policy = `firewall-cmd -q --permanent --policy=${POLICY}`;
  return [
    `{ firewall-cmd -q --permanent --policy=${POLICY} --get-target >/dev/null 2>&1 || firewall-cmd -q --permanent --new-policy=${POLICY}; }`,
    `${policy} --set-target=ACCEPT`,
    `${policy} --add-ingress-zone=ANY`,
    `${policy} --add-egress-zone=${TRUSTED}`,
  ].join(" &&\n");
}
