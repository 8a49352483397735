import { describe, expect, it } from "vitest";
import { type Change, mistakes } from "../support/mistakes.ts";

const refused: readonly [story: string, changes: readonly Change[], message: RegExp][] = [
  [
    "a mistyped source of programs",
    [["software", { from: "relases" }]],
    /`software\.from`: "relases" is not one of releases, packages, folder, did you mean `releases`/,
  ],
  [
    "a mistyped source of one program",
    [["software", { from: { etcd: "pakages" } }]],
    /`software\.from\.etcd`: "pakages" is not one of releases, packages, folder, did you mean `packages`/,
  ],
  [
    "a source of a mistyped program",
    [["software", { from: { contanerd: "packages" } }]],
    /unknown key `contanerd`, did you mean `containerd`/,
  ],
  [
    "a version of what comes from packages",
    [["software", { from: { containerd: "packages" }, versions: { runc: "1.4.3" } }]],
    /`versions.runc` has no effect: runc comes from packages/,
  ],
  [
    "a version of what comes from a folder",
    [["software", { from: "folder", binaries: "bin", versions: { crictl: "1.36.0" } }]],
    /`versions.crictl` has no effect: crictl comes from `binaries`/,
  ],
  [
    "a mirror of releases where Kubernetes comes from packages",
    [["software", { from: { kubernetes: "packages" }, mirrors: { kubernetes: "https://mirror.example.org/k8s" } }]],
    /`mirrors.kubernetes` has no effect/,
  ],
  [
    "a mirror of releases where everything comes from packages",
    [["software", { from: "packages", mirrors: { github: "https://mirror.example.org" } }]],
    /`mirrors.github` has no effect/,
  ],
  [
    "a folder of programs where everything comes from elsewhere",
    [
      [
        "software",
        {
          from: { kubernetes: "releases", etcd: "packages", containerd: "packages", cni: "packages" },
          binaries: "bin",
        },
      ],
    ],
    /`binaries` has no effect/,
  ],
  [
    "a number as the source of programs",
    [["software", { from: 3 }]],
    /must be one of releases, packages, folder, not 3/,
  ],
];

describe("where programs come from cannot be", () => {
  it.each(refused)("%s", (_, changes, message) => {
    expect(mistakes(...changes)).toEqual([expect.stringMatching(message)]);
  });
});

const accepted: readonly [story: string, changes: readonly Change[]][] = [
  [
    "a version, a mirror and a folder for what comes from there",
    [
      [
        "software",
        {
          from: { etcd: "packages" },
          binaries: "bin",
          versions: { containerd: "2.3.4" },
          mirrors: { github: "https://mirror.example.org" },
        },
      ],
    ],
  ],
  ["a folder before packages", [["software", { from: "packages", binaries: "bin" }]]],
];

describe("an inventory may set", () => {
  it.each(accepted)("%s", (_, changes) => {
    expect(mistakes(...changes)).toEqual([]);
  });
});
