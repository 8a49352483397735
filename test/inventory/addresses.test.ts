import { BlockList, isIPv4 } from "node:net";
import { describe, expect, it } from "vitest";
import {
  contains,
  formatAddress,
  formatSubnet,
  isUnicast,
  overlap,
  parseAddress,
  parseSubnet,
} from "../../src/inventory/addresses.ts";

const subnet = (text: string) => {
  const parsed = parseSubnet(text);
  if (!parsed) throw new Error(`${text} is no subnet`);
  return parsed;
};
const address = (text: string) => parseAddress(text) ?? NaN;

describe("IPv4 addresses", () => {
  it.each(["0.0.0.0", "10.0.0.1", "128.0.0.1", "255.255.255.255"])("%s survives a round trip", (text) => {
    expect(formatAddress(address(text))).toBe(text);
  });

  it.each(["", "10.0.0", "10.0.0.256", "10.0.0.01", "10.0.0.1 ", "::1", "ten"])("%j is none", (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it.each(["0.1.2.3", "127.0.0.1", "169.254.1.1", "224.0.0.18", "255.255.255.255"])("no machine has %s", (text) => {
    expect(isUnicast(address(text))).toBe(false);
  });
});

/** What a number of an address may look like, and what only looks so: octal, hexadecimal, signed, too large, of another script. */
const PARTS = ["0", "1", "10", "127", "255", "256", "300", "01", "010", "00", "0x1", "-1", "+1", "1e1", " 1", "١", ""];
const PAIRS = PARTS.flatMap((one) => PARTS.map((other) => `${one}.${other}`));

describe("IPv4 addresses in every form", () => {
  it("only four plain decimal numbers are an address, as for Node.js, and the number is their value", () => {
    const all = [
      ...PARTS,
      ...PAIRS,
      ...PAIRS.flatMap((pair) => PARTS.flatMap((part) => [`${pair}.${part}`, `1.1.${pair}.${part}`])),
      ...PAIRS.flatMap((one) => PAIRS.map((other) => `${one}.${other}`)),
    ];
    const wrong = all.filter((text) => {
      const expected = isIPv4(text) ? text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0) : undefined;
      return parseAddress(text) !== expected || (expected !== undefined && formatAddress(expected) !== text);
    });
    expect(wrong).toEqual([]);
  });

  it("a prefix is a plain number up to 32", () => {
    const prefixes = [...Array(34).keys()].flatMap((bits) => [
      `${bits}`,
      `0${bits}`,
      `+${bits}`,
      ` ${bits}`,
      `${bits} `,
    ]);
    const plain = [...Array(33).keys()].map(String);
    expect(prefixes.filter((bits) => parseSubnet(`10.0.0.0/${bits}`))).toEqual(plain);
  });
});

describe("IPv4 subnets", () => {
  it("of every prefix begin and end where the kernel's do", () => {
    const octets = [
      "0.0.0.0",
      "1.2.3.4",
      "10.255.0.1",
      "127.255.255.255",
      "128.0.0.0",
      "192.168.77.201",
      "255.255.255.255",
    ];
    for (const text of octets)
      for (let prefix = 0; prefix <= 32; prefix++) {
        const { first, last } = subnet(`${text}/${prefix}`);
        expect(last - first + 1).toBe(2 ** (32 - prefix));
        expect(first % 2 ** (32 - prefix)).toBe(0);
        const block = new BlockList();
        block.addSubnet(text, prefix);
        expect([first, last].every((each) => block.check(formatAddress(each)))).toBe(true);
      }
  });

  it.each([
    ["10.0.0.0/24", "10.0.0.0/24"],
    ["10.0.0.77/24", "10.0.0.0/24"],
    ["192.168.255.255/17", "192.168.128.0/17"],
    ["1.2.3.4/0", "0.0.0.0/0"],
    ["1.2.3.4/32", "1.2.3.4/32"],
  ])("%s is %s", (text, canonical) => {
    expect(formatSubnet(subnet(text))).toBe(canonical);
  });

  it.each(["10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "10.0.0.0/08"])("%s is none", (text) => {
    expect(parseSubnet(text)).toBeUndefined();
  });

  it("contains its first and its last address, but not those next to them", () => {
    const block = subnet("172.16.4.0/22");
    const inside = ["172.16.3.255", "172.16.4.0", "172.16.7.255", "172.16.8.0"].map((text) =>
      contains(block, address(text)),
    );
    expect(inside).toEqual([false, true, true, false]);
  });

  it.each([
    ["10.0.0.0/8", "10.255.0.0/16", true],
    ["10.255.0.0/16", "10.0.0.0/8", true],
    ["10.0.0.0/24", "10.0.1.0/24", false],
    ["10.0.0.0/23", "10.0.1.0/24", true],
  ])("whether %s overlaps %s: %s", (one, other, expected) => {
    expect(overlap(subnet(one), subnet(other))).toBe(expected);
  });
});
