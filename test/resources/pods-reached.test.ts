import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { podsReached } from "../../src/resources/pods-reached.ts";
import { until } from "../../src/until.ts";
import { testMachine } from "../support/cluster.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { failure } from "../support/sshd.ts";

const { signal } = new AbortController();

/** Machines w1, w2 … whose pods are at 10.244.N.5; `silent` is whether a pod, or the Service, does not answer a host. */
function reaching(count: number, silent: (from: string, of: string) => boolean = () => false) {
  const asked = new Map<string, string[]>();
  const hosts = Array.from({ length: count }, (_, index) => {
    const name = `w${index + 1}`;
    return scriptedHost({
      machine: testMachine(name, `10.0.0.${index + 1}`, "worker"),
      answer(script) {
        const all = script.match(/(?<=echo )\w+/g) ?? [];
        asked.set(
          name,
          all.filter((of) => of !== "Service"),
        );
        return all.filter((of) => !silent(name, of)).join("\n");
      },
    });
  });
  const addresses = new Map(hosts.map(({ name }) => [name, `10.244.${name.slice(1)}.5`]));
  return { asked, condition: podsReached({ hosts, addresses, serviceAddress: "10.96.0.1" }) };
}

/** A machine whose pod answers only the machine itself. */
const unless = (name: string) => (from: string, of: string) => of === name && from !== name;

describe("that every host reaches the pods", () => {
  it("is asked with addresses that a shell takes for nothing else", async () => {
    const scripts: string[] = [];
    const host = scriptedHost({ answer: (script) => (scripts.push(script), "") });
    const addresses = new Map([["m1", "10.244.1.5 $(reboot)"]]);
    await podsReached({ hosts: [host], addresses, serviceAddress: "10.96.0.1; reboot" }).holds(signal);
    const run = spawnSync("sh", [
      "-c",
      `ping() { echo "ping $#"; } >&9; curl() { echo "curl $#"; } >&9; reboot() { echo hurt; } >&9
exec 9>&1\n${scripts.join("\n")}`,
    ]);
    expect(run.stdout.toString().split("\n").sort().filter(Boolean)).toEqual(["Service", "curl 4", "m1", "ping 3"]);
  });

  it("is asked of all pairs of up to 17 machines", async () => {
    const { asked, condition } = reaching(17);
    expect(await condition.holds(signal)).toBe(true);
    expect([...asked.values()].map((pods) => new Set(pods).size)).toEqual(Array(17).fill(17));
  });

  it("is asked of each and the next 16 where there are more, so that every pod is still asked by 16 others", async () => {
    const { asked, condition } = reaching(40);
    await condition.holds(signal);
    expect([...asked.values()].map((pods) => pods.length)).toEqual(Array(40).fill(17));
    expect(asked.get("w39")).toEqual(["w39", "w40", ...Array.from({ length: 15 }, (_, index) => `w${index + 1}`)]);
  });

  it("names the pair where it fails, and asks about packet filters on these two", async () => {
    const { condition } = reaching(2, unless("w2"));
    const error = await failure(until({ ...condition, within: 0 }, { signal }));
    expect(error).toMatchObject({
      code: "E_DEADLINE",
      details: {
        why: "w1 gets no answer from the pod on w2 (10.244.2.5)",
        hint: expect.stringMatching(
          /packet filter on w1 or w2 .*iptables -S FORWARD.*run the same command again$/,
        ) as string,
      },
    });
  });

  it("names whose pod it is once, where nobody reaches it", async () => {
    const { condition } = reaching(4, unless("w2"));
    expect(await condition.holds(signal)).toBe("w1, w3 and w4 get no answer from the pod on w2 (10.244.2.5)");
    expect(condition.hint?.()).toContain("on w2, w1, w3 or w4 drop");
  });

  it("reports no more than can be read, where nothing answers", async () => {
    const { condition } = reaching(20, (_, of) => of !== "Service");
    const told = String(await condition.holds(signal)).split("\n");
    expect(told).toHaveLength(7);
    expect(told.at(-1)).toBe("and 14 more pods do not answer");
    expect(condition.hint?.()).toContain("on one of the hosts above");
  });

  it("asks about kube-proxy where pods answer and the Service does not", async () => {
    const { condition } = reaching(2, (from, of) => from === "w1" && of === "Service");
    expect(await condition.holds(signal)).toBe("w1 gets no answer from the Service kubernetes (10.96.0.1)");
    expect(condition.hint?.()).toContain("check whether kube-proxy runs on w1");
  });

  it("is not assumed of a host that prints nothing", async () => {
    const host = scriptedHost({ answer: () => ({ code: 2, stderr: "sh: cannot fork" }) });
    const addresses = new Map([[host.name, "10.244.11.5"]]);
    expect(await podsReached({ hosts: [host], addresses, serviceAddress: "10.96.0.1" }).holds(signal)).toContain(
      "m1 gets no answer from the pod on m1",
    );
  });

  it("is not asked again of hosts that reach all", async () => {
    let mended = false;
    const { asked, condition } = reaching(3, (from, of) => from === "w3" && of === "w1" && !mended);
    await condition.holds(signal);
    mended = true;
    asked.clear();
    expect(await condition.holds(signal)).toBe(true);
    expect([...asked.keys()]).toEqual(["w3"]);
  });
});
