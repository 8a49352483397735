import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { keepalivedConfig, type VrrpInterfaces } from "../../src/config/keepalived.ts";
import { machineNamed, testCluster } from "../support/cluster.ts";
import { because, missingPrograms, run, temporaryFolder } from "../support/programs.ts";

const unable =
  process.getuid?.() === 0
    ? missingPrograms("keepalived", "unshare", "nsenter", "ip", "perl")
    : "needs root, for networks of their own";

const cluster = testCluster();

/** Sends one VRRPv3 advert: `perl -e … SOURCE DESTINATION TTL ROUTER-ID PRIORITY VIP`. The kernel fills in the IP header's checksum. */
const ADVERT = String.raw`use Socket;
my ($from, $to, $ttl, $id, $priority, $vip) = @ARGV;
my ($source, $target, $address) = map { inet_aton($_) } $from, $to, $vip;
my $advert = sub { pack("CCCCnn", 0x31, $id, $priority, 1, 30, $_[0]) . $address };
my ($sum, $empty) = (0, $advert->(0));
$sum += $_ for unpack("n*", $source . $target . pack("CCn", 0, 112, length $empty) . $empty);
$sum = ($sum & 0xffff) + ($sum >> 16) while $sum >> 16;
my $packet = $advert->(~$sum & 0xffff);
my $header = pack("CCnnnCCn", 0x45, 0, 20 + length $packet, 0, 0, $ttl, 112, 0) . $source . $target;
socket(my $socket, AF_INET, SOCK_RAW, 255) or die $!;
send($socket, $header . $packet, 0, sockaddr_in(0, $target)) or die $!;`;

/** A network of its own, until the test is over. */
async function networkOfItsOwn(): Promise<number> {
  const holder = spawn("unshare", ["--net", "sh", "-c", "echo; read -r _"], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(async () => {
    holder.stdin.end();
    if (holder.exitCode === null) await once(holder, "exit");
  });
  await once(holder.stdout, "data");
  return holder.pid ?? expect.unreachable();
}

/** Resolves with the first line that matches. */
function heard(keepalived: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!keepalived.stderr) throw new Error("it is not listened to");
    createInterface(keepalived.stderr).on("line", (line) => pattern.test(line) && resolve(line));
    keepalived.once("exit", () => reject(new Error("keepalived has ended")));
  });
}

interface Master {
  readonly keepalived: ChildProcess;
  /** Sends an advert of m1's, from its address. */
  readonly advert: (ttl: number) => void;
}

/** keepalived as m2 runs it, in a network with m1's address at the other end of eth0, and an eth1 to nobody. */
async function master(interfaces: VrrpInterfaces): Promise<Master> {
  const [own, elsewhere] = await Promise.all([networkOfItsOwn(), networkOfItsOwn()]);
  const inside = (pid: number, ...args: string[]) => {
    const { code, said } = run("nsenter", "-t", String(pid), "-n", ...args);
    expect([code, said]).toEqual([0, ""]);
  };
  inside(own, ..."ip link add eth0 type veth peer name far netns".split(" "), String(elsewhere));
  inside(own, ..."ip addr add 10.0.0.12/24 dev eth0".split(" "));
  inside(own, ..."ip link add eth1 type veth peer name nobody".split(" "));
  inside(own, ..."ip addr add 192.0.2.12/24 dev eth1".split(" "));
  inside(own, "sh", "-c", "echo 1 >/proc/sys/net/ipv4/conf/all/rp_filter");
  inside(elsewhere, ..."ip addr add 10.0.0.11/24 dev far".split(" "));
  inside(elsewhere, ..."ip link set far up".split(" "));
  for (const link of ["eth0", "nobody", "eth1"]) inside(own, ..."ip link set up dev".split(" "), link);

  const folder = temporaryFolder();
  for (const script of ["check.sh", "hang-up.sh"]) writeFileSync(join(folder, script), "#!/bin/sh\n", { mode: 0o755 });
  const config = keepalivedConfig(cluster, machineNamed(cluster, "m2"), interfaces);
  writeFileSync(join(folder, "keepalived.conf"), config.replaceAll("/etc/keepalived", folder), { mode: 0o644 });
  const pids = ["-p", "-r", "-c"].flatMap((flag) => [flag, join(folder, `pid${flag}`)]);
  const program = ["keepalived", "-P", "-n", "-l", "-D", "-f", join(folder, "keepalived.conf"), ...pids];
  const keepalived = spawn("nsenter", ["-t", String(own), "-n", ...program], { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(async () => {
    keepalived.kill();
    if (keepalived.exitCode === null) await once(keepalived, "exit");
  });
  const advert = (ttl: number) => {
    inside(elsewhere, "perl", "-e", ADVERT, "10.0.0.11", "10.0.0.12", String(ttl), "51", "250", "10.0.0.10");
  };
  await heard(keepalived, /Entering MASTER STATE/);
  return { keepalived, advert };
}

test.skipIf(unable)(
  `an advert in a master's name that a router has passed on, as a pod's is, does not take the VIP away${because(unable)}`,
  async () => {
    const { keepalived, advert } = await master({ own: "eth0", vip: "eth0" });
    const routed = heard(keepalived, /Entering BACKUP STATE|TTL/);
    advert(254);
    expect(await routed).toContain("254");
    const neighbour = heard(keepalived, /Entering BACKUP STATE/);
    advert(255);
    expect(await neighbour).toContain("BACKUP");
  },
  120_000,
);

test.skipIf(unable)(
  `a master whose VIP is on another interface than its address hears the others, and gives the VIP up${because(unable)}`,
  async () => {
    const { keepalived, advert } = await master({ own: "eth0", vip: "eth1" });
    const neighbour = heard(keepalived, /Entering BACKUP STATE/);
    advert(255);
    expect(await neighbour).toContain("BACKUP");
  },
  120_000,
);
