import { tooOld, versionsFor } from "../src/versions.ts";

/** docs/versions.md: what is installed with each minor of Kubernetes, newest first. */
export function versionsReference(minors: readonly number[]): string {
  const rows = minors
    .toSorted((one, other) => other - one)
    .map((minor) => {
      const { etcd, containerd, runc, cniPlugins, crictl } = versionsFor(minor);
      const least = [tooOld(minor, "etcd", "0.0.0"), tooOld(minor, "containerd", "0.0.0")];
      return `| 1.${minor} | ${[etcd, containerd, runc, cniPlugins, crictl, ...least].join(" | ")} |`;
    });
  return `<!-- Made by \`npm run generate\` from src/versions.ts. -->

# Versions

What Tripod installs from [releases](software.md) with each minor version of Kubernetes. \`software.versions\` sets others; older ones than the last
two columns are refused.

| Kubernetes | etcd | containerd | runc | CNI plugins | crictl | oldest etcd | oldest containerd |
| --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}
