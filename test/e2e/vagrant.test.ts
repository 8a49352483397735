import { readdirSync, readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { because, missingPrograms } from "../support/programs.ts";
import { takeAway, type VagrantStory, vagrantStory } from "../support/vagrant-story.ts";

const NAME = "vagrant-story";
const reason = process.getuid?.() === 0 ? missingPrograms("vagrant", "lxc-start", "ip") : "only root makes containers";

/** What of this machine a story with containers could leave changed. */
function machine(): string[] {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const groups = mounts
    .filter((line) => / - cgroup2? /.test(line))
    .flatMap((line) => readdirSync(line.split(" ")[4] ?? "/").filter((group) => group.includes(NAME)));
  return [
    ...readdirSync("/var/lib/lxc").filter((name) => name.includes(NAME)),
    ...readdirSync("/run/netns").filter((name) => name.includes(NAME)),
    ...Object.keys(networkInterfaces()),
    ...mounts.filter((line) => line.includes(NAME)),
    ...groups,
    readFileSync("/proc/sys/net/ipv4/ip_forward", "utf8"),
  ];
}

describe.skipIf(reason)(`Vagrant's machines${because(reason)}`, () => {
  let before: string[];
  let story: VagrantStory;

  beforeAll(async () => {
    // Whatever an earlier run left half standing is not what this one has to leave as it was.
    takeAway(NAME);
    before = machine();
    story = vagrantStory(NAME);
    await story.makeBox();
    await story.tripodMust("vagrant", "software");
  });
  afterAll(() => story[Symbol.asyncDispose]());

  it("come up by `vagrant up`, with the inventory's names and addresses, as containers", async () => {
    await story.vagrant("up", "--provider=lxc");
    const states = await story.vagrant("status", "--machine-readable");
    expect([...states.matchAll(/,(\w+),state,(\w+)/g)].map(([, name, state]) => `${name} ${state}`)).toEqual(
      ["m1", "m2", "m3", "w1"].map((name) => `${name} running`),
    );
    expect(await on("m2", "hostname; ip -4 -brief address show eth0")).toMatch(
      /^m2\neth0\S+ +UP +192\.168\.56\.12\/24/,
    );
  });

  it("become a cluster by `tripod apply`, in which nothing is left to change", async () => {
    await story.tripodMust("apply", "--yes");
    await story.tripodMust("plan", "--detailed-exitcode");
    expect(await story.tripodMust("status")).toMatch(/^healthy$/m);
    expect(await story.tripodMust("kubeconfig")).toContain("https://192.168.56.10:8443");
  });

  it("are refused where another host key is shown than the one that Vagrant itself reported", async () => {
    const restart = "sudo systemctl restart ssh";
    await on(
      "w1",
      `sudo cp -a /etc/ssh /etc/ssh.old && sudo rm /etc/ssh/ssh_host_* && sudo ssh-keygen -A && ${restart}`,
    );
    expect((await story.tripod("status")).stdout).toContain("w1: its host key has changed (E_HOST_KEY)");
    await on("w1", `sudo rm -r /etc/ssh && sudo mv /etc/ssh.old /etc/ssh && ${restart}`);
  });

  it("lose their power in a drill by `vagrant halt --force`: they get no notice, and no acknowledged write is lost", async () => {
    const holder = /vip +(\w+)/.exec(await story.tripodMust("status"))?.[1] ?? "";
    await on(holder, TELL_TALE);
    const { code, stdout, stderr } = await story.tripod("drill", "power-holder", "--confirm", NAME, "--json");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`power of ${holder} cut`);
    expect(await on(holder, "ls /told 2>&1 || true")).toContain("No such file");
    expect(await story.tripodMust("status")).toMatch(/^healthy$/m);
  });

  it("that are halted are distinguished from those that do not answer", async () => {
    await story.vagrant("halt", "--force", "w1");
    const { code, stdout } = await story.tripod("status");
    expect(code).toBe(31);
    expect(stdout).toContain("w1: Vagrant reports that it is not running (E_UNREACHABLE)");
    expect(stdout).toMatch(/^api +m3 +ready$/m);
  });

  it("are removed by `vagrant destroy`, and leave this machine as it was", async () => {
    await story.vagrant("destroy", "--force");
    expect(await story.vagrant("status")).not.toContain("running");
    await story[Symbol.asyncDispose]();
    expect(machine()).toEqual(before);
  });

  /** A command on a machine, by Vagrant's own ssh. */
  function on(name: string, command: string): Promise<string> {
    return story.vagrant("ssh", name, "--no-tty", "--command", command);
  }
});

/** A service that writes a file when it is told to stop: a power cut tells nobody. */
const TELL_TALE = `printf '[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/bin/true\\nExecStop=/bin/touch /told\\n' |
  sudo tee /etc/systemd/system/told.service >/dev/null && sudo systemctl start told`;
