import { gte, valid } from "semver";
import { describe, expect, it, test } from "vitest";
import { SUPPORTED_MINORS } from "../src/inventory/sections/kubernetes.ts";
import { tooOld, versionsFor } from "../src/versions.ts";

const MINORS = SUPPORTED_MINORS;

test("every version of Kubernetes that an inventory may name has a version of everything else", () => {
  expect(MINORS.length).toBeGreaterThan(15);
  for (const minor of MINORS)
    for (const version of Object.values<string>({ ...versionsFor(minor) })) expect(valid(version)).toBe(version);
});

describe("what is installed", () => {
  it.each(MINORS)("with 1.%i is new enough for it", (minor) => {
    const { etcd, containerd, crictl } = versionsFor(minor);
    expect(tooOld(minor, "etcd", etcd)).toBeUndefined();
    expect(tooOld(minor, "containerd", containerd)).toBeUndefined();
    expect(crictl).toMatch(new RegExp(`^1\\.${minor}\\.`));
  });

  it("never becomes older with a newer Kubernetes", () => {
    for (const minor of MINORS.slice(1)) {
      const [before, now] = [versionsFor(minor - 1), versionsFor(minor)];
      for (const program of ["etcd", "containerd", "runc", "cniPlugins"] as const)
        expect(gte(now[program], before[program]), `${program} of 1.${minor}`).toBe(true);
    }
  });
});

test("Debian 12's etcd is too old from Kubernetes 1.31 on, Debian 13's from 1.34 on", () => {
  expect(tooOld(30, "etcd", "3.4.23")).toBeUndefined();
  expect(tooOld(31, "etcd", "3.4.23")).toBe("3.5.11");
  expect(tooOld(33, "etcd", "3.5.16")).toBeUndefined();
  expect(tooOld(34, "etcd", "3.5.16")).toBe("3.5.24");
});
