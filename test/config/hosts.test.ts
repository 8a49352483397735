import { describe, expect, it } from "vitest";
import { hostsFile } from "../../src/config/hosts.ts";
import { testCluster } from "../support/cluster.ts";

const cluster = testCluster();
const block = `# BEGIN tripod
10.0.0.11 m1
10.0.0.12 m2
10.0.0.13 m3
10.0.0.21 w1
10.0.0.22 w2
# END tripod
`;

describe("/etc/hosts", () => {
  it("keeps what others wrote and gets our block at its end", () => {
    expect(hostsFile("127.0.0.1 localhost\n", cluster.machines)).toBe(`127.0.0.1 localhost\n${block}`);
    expect(hostsFile("127.0.0.1 localhost", cluster.machines)).toBe(`127.0.0.1 localhost\n${block}`);
    expect(hostsFile("", cluster.machines)).toBe(block);
  });

  it("has the block updated in place, between what is before and after it", () => {
    const before = "127.0.0.1 localhost\n# BEGIN tripod\n10.0.0.99 m1\n# END tripod\n10.9.9.9 nas\n";
    expect(hostsFile(before, cluster.machines)).toBe(`127.0.0.1 localhost\n${block}10.9.9.9 nas\n`);
  });

  it("does not take for ever where somebody begins our block five thousand times", { timeout: 2_000 }, () => {
    const hostile = "# BEGIN tripod\n".repeat(5_000);
    expect(hostsFile(hostile, cluster.machines)).toBe(`${hostile}${block}`);
    expect(hostsFile(`${hostile}# END tripod\n`, cluster.machines)).toBe(block);
  });

  it.each(["", "127.0.0.1 localhost\n", `${block}10.9.9.9 nas\n`])("is left alone the second time", (text) => {
    const once = hostsFile(text, cluster.machines);
    expect(hostsFile(once, cluster.machines)).toBe(once);
  });
});

describe("a node that is not in the inventory", () => {
  const { machines } = cluster;
  const stranger = { name: "registry.k8s.io", address: "203.0.113.66" };

  it("cannot get its name into the hosts' files", () => {
    expect(hostsFile("127.0.0.1 localhost\n", machines, [stranger])).toBe(hostsFile("127.0.0.1 localhost\n", machines));
  });

  it("keeps the line that an earlier inventory has written", () => {
    const before = hostsFile("", [...machines, { name: "w9", address: "10.0.0.29" }]);
    expect(hostsFile(before, machines, [{ name: "w9", address: "10.0.0.29" }, stranger])).toBe(before);
    expect(hostsFile(before, machines, [{ name: "w9", address: "203.0.113.66" }])).toBe(hostsFile("", machines));
  });
});
