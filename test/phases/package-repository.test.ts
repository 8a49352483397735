import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Host } from "../../src/host.ts";
import { debian } from "../../src/os/debian.ts";
import { rhel } from "../../src/os/rhel.ts";
import { packages } from "../../src/phases/packages.ts";
import { onceKey } from "../../src/phases/phase.ts";
import { softwareAvailable } from "../../src/phases/preflight/software.ts";
import { key } from "../../src/resources/resource.ts";
import { type ClusterOverrides, machineNamed, testCluster } from "../support/cluster.ts";
import { testContext } from "../support/context.ts";
import { scriptedHost } from "../support/scripted-host.ts";
import { failure } from "../support/sshd.ts";
import { impatient } from "../support/working.ts";

const KEY = readFileSync(new URL("../fixtures/package-repository-key.asc", import.meta.url), "utf8");
const FINGERPRINT = "CE7A758F6C2F040D2122C39F0255E58102A87336";
const MIRROR = "https://mirror.example.org/kubernetes";

type Lists = "known" | "fresh" | "repository";

interface Scenario {
  /** With which package lists the host's package manager finds Kubernetes; default: with none. */
  readonly enough?: readonly Lists[];
  readonly installed?: string;
  /** What the host has of a repository: `ours`, `theirs`, a key. */
  readonly described?: string;
  /** A program of an earlier run, from releases. */
  readonly earlier?: string;
  readonly software?: ClusterOverrides["software"];
  readonly os?: Host["os"];
}

const OTHERS = [...debian.packages.containerd, ...debian.packages.node, "containernetworking-plugins"]
  .map((name) => `${name} 1-1`)
  .join("\n");
const ALL = `${OTHERS}\nkubeadm 1.36.3-1.1\nkubelet 1.36.3-1.1\nkubectl 1.36.3-1.1\n`;

/** What the packages phase plans for a worker; and how its package manager was asked. */
async function planned({ enough = [], installed = OTHERS, described = "", earlier, software, os = debian }: Scenario) {
  const cluster = testCluster({
    software: { packageRepository: { url: MIRROR, fingerprint: FINGERPRINT }, ...software },
  });
  const asked: Lists[] = [];
  const answer = (script: string) => {
    if (/simulate|assumeno/.test(script)) {
      const lists = script.includes(MIRROR) ? "repository" : /Lists=|--refresh/.test(script) ? "fresh" : "known";
      asked.push(lists);
      return enough.includes(lists) ? "" : { code: 100, stdout: "E: Version '1.36.3-*' for 'kubeadm' was not found\n" };
    }
    if (earlier !== undefined && script.includes(`/var/lib/tripod/releases/${earlier} `)) return { code: 10 };
    if (script.includes("/core:/stable:/v1[.]36/")) return described;
    return /dpkg-query|rpm -q/.test(script) ? installed : "";
  };
  const host = { ...scriptedHost({ machine: machineNamed(cluster, "w1"), answer }), os };
  const context = testContext(cluster, [host]);
  for (const published of ["deb/Release.key", "rpm/repodata/repomd.xml.key"])
    for (const site of [MIRROR, "https://other.example.org"])
      await context.once(onceKey<string>(`key ${site}/core:/stable:/v1.36/${published}`), () => Promise.resolve(KEY));
  const problems = await softwareAvailable.examine(host, context);
  const resources = await packages.resources(host, context);
  const inspections = await Promise.all(resources.map((each) => each.inspect(host, impatient)));
  const files = resources.filter(({ kind }) => kind === "file").map(key);
  const shown = inspections.flatMap((each) => each.changes(new Set())).map(({ diff, to }) => diff ?? to ?? "");
  return { asked, problems, files, shown };
}

const FILES = [
  "file:/etc/apt/keyrings/kubernetes.asc",
  "file:/etc/apt/sources.list.d/kubernetes.sources",
  "file:/etc/apt/preferences.d/kubernetes",
];

describe("Kubernetes' own repository", () => {
  it("is set up where the host's repositories do not have Kubernetes, and the plan shows its files", async () => {
    const { asked, problems, files, shown } = await planned({ enough: ["repository"] });
    expect(asked).toEqual(["known", "fresh", "repository"]);
    expect(problems).toEqual([]);
    expect(files).toEqual(FILES);
    expect(shown.join("\n")).toContain(`+URIs: ${MIRROR}/core:/stable:/v1.36/deb/`);
    expect(shown).toContain("kubelet=1.36.3-*");
  });

  it.each<[string, Scenario, Lists[]]>([
    ["where everything is installed", { installed: ALL }, []],
    ["where the host's lists have it", { enough: ["known"] }, ["known"]],
    ["where the host's repositories have it, after an update of the lists", { enough: ["fresh"] }, ["known", "fresh"]],
    [
      "where only other packages are missing",
      { installed: ALL.replace("socat 1-1", ""), enough: ["known"] },
      ["known"],
    ],
  ])("is not set up %s", async (_, scenario, asked) => {
    expect(await planned(scenario)).toMatchObject({ asked, problems: [], files: [] });
  });

  it("is not set up twice: an administrator's description of the same minor is used", async () => {
    expect(await planned({ described: "theirs\n", enough: ["fresh"] })).toMatchObject({ problems: [], files: [] });
    const { asked, files, problems } = await planned({ described: "theirs\n" });
    expect([asked, files]).toEqual([["known", "fresh"], []]);
    expect(problems).toMatchObject([{ why: expect.stringContaining("kubeadm=1.36.3-*") as string }]);
  });

  it("stays where an earlier run has set it up, with the key that the host has", async () => {
    const { asked, files } = await planned({ installed: ALL, described: `ours\n${KEY}` });
    expect([asked, files]).toEqual([[], FILES]);
  });

  it("follows the inventory to another mirror, which is asked for the key only where the host has another one", async () => {
    const url = "https://other.example.org";
    const moved = { packageRepository: { url, fingerprint: FINGERPRINT } };
    const { shown } = await planned({ installed: ALL, described: `ours\n${KEY}`, software: moved });
    expect(shown.join("\n")).toContain(`+URIs: ${url}/core:/stable:/v1.36/deb/`);
    const other = { packageRepository: { url: "https://packages.invalid", fingerprint: "A".repeat(40) } };
    const error = await failure(planned({ installed: ALL, described: `ours\n${KEY}`, software: other }));
    expect(error.message).toContain("cannot fetch https://packages.invalid/core:/stable:/v1.36/deb/Release.key");
  });

  it("is the one of rpm packages on RHEL", async () => {
    const { asked, files } = await planned({ os: rhel, enough: ["repository"], installed: "" });
    expect(asked).toEqual(["known", "fresh", "repository"]);
    expect(files).toEqual(["file:/etc/pki/rpm-gpg/RPM-GPG-KEY-kubernetes", "file:/etc/yum.repos.d/kubernetes.repo"]);
  });
});

describe("before anything is changed", () => {
  it("a package that cannot be installed is reported, with what the package manager prints", async () => {
    const { problems } = await planned({});
    expect(problems).toMatchObject([
      {
        message: `its package manager cannot install what it needs, also from ${MIRROR}/core:/stable:/v1.36/deb`,
        why: "kubeadm=1.36.3-* kubelet=1.36.3-* kubectl=1.36.3-*\n\nE: Version '1.36.3-*' for 'kubeadm' was not found",
      },
    ]);
  });

  it("so are programs of an earlier run that would be used instead of the package's, with the command that removes them", async () => {
    const { problems } = await planned({ installed: ALL, earlier: "kubelet" });
    expect(problems).toMatchObject([
      {
        message:
          "kubernetes is to come from packages, but the programs in /usr/local/bin that an earlier run installed would be used",
        why: expect.stringMatching(
          /^rm -f \/usr\/local\/bin\/kubeadm .*\/etc\/systemd\/system\/kubelet\.service .* && systemctl daemon-reload$/,
        ) as string,
      },
    ]);
    expect(problems[0]?.hint).toContain("systemctl restart kubelet");
    expect((await planned({ installed: ALL, earlier: "containerd" })).problems).toMatchObject([
      { message: expect.stringMatching(/^containerd is to come from packages/) as string },
    ]);
  });

  it("so is a repository whose key this machine cannot fetch", async () => {
    const software = { packageRepository: { url: "https://packages.invalid", fingerprint: FINGERPRINT } };
    const [problem] = (await planned({ software })).problems;
    expect(problem?.why).toMatch(
      /was not found\ncannot fetch https:\/\/packages\.invalid\/core:\/stable:\/v1\.36\/deb\/Release\.key, .*: fetch failed/,
    );
  });

  it("so is one that has nothing to do with Kubernetes, and its repository is not asked for it", async () => {
    const { asked, problems, files } = await planned({ installed: ALL.replace("conntrack 1-1", "") });
    expect([asked, files]).toEqual([["known", "fresh"], []]);
    expect(problems).toMatchObject([
      {
        message: "its package manager cannot install what it needs",
        why: expect.stringMatching(/^conntrack\n/) as string,
      },
    ]);
  });
});
