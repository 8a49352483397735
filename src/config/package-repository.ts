import type { OsFamily, PackageRepository } from "../os/os.ts";
import { KUBERNETES_PACKAGES } from "../os/os.ts";
import { render } from "../render/render.ts";

/** The files that give a host Kubernetes' own package repository: text by path. All are readable for everybody. */
export function repositoryFiles(
  { repository: at }: OsFamily,
  repository: PackageRepository,
): Readonly<Record<string, string>> {
  const { url, minor, key, ca } = repository;
  const names = KUBERNETES_PACKAGES.join(" ");
  const view = {
    url,
    key: at.key,
    ca: ca === undefined ? "" : at.ca,
    names,
    label: `isv:kubernetes:core:stable:v1.${minor}`,
  };
  const described = Object.entries(at.files).map(([path, template]) => [path, render(template, view)]);
  return {
    [at.key]: key,
    ...(ca !== undefined && { [at.ca]: ca }),
    ...(Object.fromEntries(described) as Record<string, string>),
  };
}

/** apt's setting of whom it trusts for the repository; without a special authority it sets none, so that removing one takes effect. */
export function aptAuthority({ repository: at }: OsFamily, { url, ca }: PackageRepository): string {
  return render("packages/kubernetes-ca.conf", { host: new URL(url).hostname, ca: ca === undefined ? "" : at.ca });
}
