import { describe, expect, it } from "vitest";
import { firewall } from "../../src/facts/firewall.ts";
import { links } from "../../src/facts/links.ts";
import { parseAddresses } from "../../src/facts/network.ts";

const ASKED = { sentAt: 0, receivedAt: 0 };

/** What `ip -o -4 addr show` prints where addresses are as machines in clouds have them. */
const ADDRESSES = String.raw`1: lo    inet 127.0.0.1/8 scope host lo\       valid_lft forever preferred_lft forever
2: ens3    inet 192.0.2.11/24 metric 100 brd 192.0.2.255 scope global dynamic ens3\       valid_lft 86000sec preferred_lft 86000sec
5: bond0    inet 10.0.0.11/24 brd 10.0.0.255 scope global noprefixroute bond0\       valid_lft forever preferred_lft forever
5: bond0    inet 10.0.0.10/32 scope global bond0\       valid_lft forever preferred_lft forever
6: bond0.100    inet 10.1.0.11/16 brd 10.1.255.255 scope global bond0.100\       valid_lft forever preferred_lft forever
7: eth1    inet 10.2.0.11/24 brd 10.2.0.255 scope global secondary eth1:1\       valid_lft forever preferred_lft forever
8: eth2    inet 172.31.1.100 peer 172.31.1.1/32 scope global eth2\       valid_lft forever preferred_lft forever
`;

describe("the addresses of a host", () => {
  it("are found on bonds, VLANs and links to one peer, whatever the default routes are", () => {
    expect(parseAddresses(ADDRESSES).map((each) => Object.values(each).join(" "))).toEqual([
      "lo 127.0.0.1 8",
      "ens3 192.0.2.11 24",
      "bond0 10.0.0.11 24",
      "bond0 10.0.0.10 32",
      "bond0.100 10.1.0.11 16",
      "eth1 10.2.0.11 24",
      "eth2 172.31.1.100 32",
    ]);
  });
});

describe("the links of a host", () => {
  it("have an MTU each, VLANs and bridges too", () => {
    const printed = String.raw`1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\    link/loopback 00:00:00:00:00:00
5: bond0: <BROADCAST,MULTICAST,MASTER,UP,LOWER_UP> mtu 9000 qdisc noqueue state UP mode DEFAULT group default qlen 1000\    link/ether 52:54:00:00:00:01
6: bond0.100@bond0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP mode DEFAULT group default qlen 1000\    link/ether 52:54:00:00:00:01
`;
    const found = links.parse(printed, ASKED);
    expect([...found]).toEqual([["lo", 65536], ["bond0", 9000], ["bond0.100", 1450]]); // prettier-ignore
  });
});

describe("a host's firewall", () => {
  it.each(["firewalld", "ufw", "none"])("may be %s", (name) => {
    expect(firewall.parse(`${name}\n`, ASKED)).toBe(name);
  });

  it("is nobody's where the answer is anything else", () => {
    expect(firewall.parse("", ASKED)).toBe("none");
  });
});
