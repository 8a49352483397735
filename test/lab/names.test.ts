import { expect, test } from "vitest";
import { cableName, containerName, containerPrefix, macAddress, namespaceName } from "../../src/lab/names.ts";

test("a host's MAC address follows from its address and is locally administered", () => {
  expect(macAddress("10.0.0.11")).toBe("02:54:0a:00:00:0b");
  expect(macAddress("192.168.255.1")).toBe("02:54:c0:a8:ff:01");
});

test("a cable's name fits into the kernel's 15 characters and differs from host to host", () => {
  expect(cableName("m1")).toBe("tp-m1");
  const [one, other] = [cableName("worker-number-1.example"), cableName("worker-number-2.example")];
  expect(one).not.toBe(other);
  expect([one.length, other.length]).toEqual([15, 15]);
  expect(cableName("m1", 1)).toBe("tp-m1+1"); // no machine's name has a plus
});

test("a lab's containers are never confused with those of a lab whose name has the same beginning", () => {
  expect(containerName("a-b", "m1").startsWith(containerPrefix("a"))).toBe(false);
  expect(containerName("a", "b.m1").startsWith(containerPrefix("a.b"))).toBe(true); // why a lab's name is a DNS label
  expect(namespaceName("a")).toBe("tripod.a");
});
