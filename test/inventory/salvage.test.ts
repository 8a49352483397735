import { describe, expect, it } from "vitest";
import { type Change, mistakes } from "../support/mistakes.ts";

describe("one mistake is reported once:", () => {
  it.each<[story: string, changes: readonly Change[], message: RegExp]>([
    [
      "a mistyped subnet, not also a VIP outside the default subnet",
      [
        ["loadBalancer.subnet", "10.0.0.0/222"],
        ["loadBalancer.vip", "10.0.1.10"],
        ["masters.2.address", "10.0.1.13"],
      ],
      /not an IPv4 subnet/,
    ],
    [
      "a mistyped network, not also workers outside the default network's segment",
      [
        ["network", { cni: "flanel" }],
        ["workers.0.address", "10.0.9.21"],
      ],
      /did you mean `flannel`/,
    ],
    [
      "a mistyped validity, not also a renewal longer than the default",
      [["etcd", { validity: "2y", renewBefore: "400d" }]],
      /a number of days/,
    ],
    [
      "a mistyped heartbeat, not also an election shorter than ten of the default",
      [["etcd", { heartbeat: "10", election: "200ms" }]],
      /not a duration/,
    ],
    [
      "a mistyped word for haproxy, not also a port that the default does not allow",
      [
        ["loadBalancer.haproxy", "no"],
        ["loadBalancer.port", 6443],
      ],
      /must be true or false/,
    ],
    [
      "a mistyped pod subnet, not also services in the default one",
      [
        ["kubernetes.podSubnet", "10.9.0.0/166"],
        ["kubernetes.serviceSubnet", "10.244.0.0/16"],
      ],
      /not an IPv4 subnet/,
    ],
  ])("%s", (_, changes, message) => {
    expect(mistakes(...changes)).toEqual([expect.stringMatching(message)]);
  });
});
