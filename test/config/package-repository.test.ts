import { expect, test } from "vitest";
import { aptAuthority, repositoryFiles } from "../../src/config/package-repository.ts";
import { debian } from "../../src/os/debian.ts";
import { rhel } from "../../src/os/rhel.ts";
import { expectGolden } from "../support/golden.ts";

const repository = (folder: string, ca?: string) => ({
  url: `https://pkgs.k8s.io/core:/stable:/v1.36/${folder}`,
  ...{ minor: 36, key: "-----BEGIN PGP PUBLIC KEY BLOCK-----\n", ca },
});
const CA = "-----BEGIN CERTIFICATE-----\n";

test("Debian's hosts get Kubernetes' repository with its key, and nothing else from there", () => {
  const files = repositoryFiles(debian, repository("deb"));
  expect(Object.keys(files)).toEqual([
    "/etc/apt/keyrings/kubernetes.asc",
    "/etc/apt/sources.list.d/kubernetes.sources",
    "/etc/apt/preferences.d/kubernetes",
  ]);
  expect(files["/etc/apt/keyrings/kubernetes.asc"]).toBe(repository("deb").key);
  expectGolden("packages/kubernetes.sources", files["/etc/apt/sources.list.d/kubernetes.sources"] ?? "");
  expectGolden("packages/kubernetes.preferences", files["/etc/apt/preferences.d/kubernetes"] ?? "");
});

test("RHEL's hosts get it as Kubernetes' installation guide has it", () => {
  const files = repositoryFiles(rhel, repository("rpm"));
  expect(Object.keys(files)).toEqual(["/etc/pki/rpm-gpg/RPM-GPG-KEY-kubernetes", "/etc/yum.repos.d/kubernetes.repo"]);
  expectGolden("packages/kubernetes.repo", files["/etc/yum.repos.d/kubernetes.repo"] ?? "");
});

test("a mirror with its own authority is trusted by this authority", () => {
  expect(repositoryFiles(debian, repository("deb", CA))["/etc/apt/keyrings/kubernetes-ca.crt"]).toBe(CA);
  expectGolden("packages/kubernetes-ca.conf", aptAuthority(debian, repository("deb", CA)));
  expect(aptAuthority(debian, repository("deb"))).not.toContain("CaInfo");
  expect(repositoryFiles(rhel, repository("rpm", CA))["/etc/yum.repos.d/kubernetes.repo"]).toContain(
    "sslcacert=/etc/pki/rpm-gpg/kubernetes-ca.crt\n",
  );
});
