import type { Condition } from "../condition.ts";
import type { Host } from "../host.ts";
import { lastLine } from "../last-lines.ts";
import { quote } from "../remote/shell.ts";
import { kubectl } from "./kubectl.ts";
import type { ManifestObject } from "./manifest-objects.ts";

/**
 * The API server serves these custom resources. It names a resource in its group only once the definition is established, and kubectl takes
 * objects of it only then.
 */
export function customResourcesServed(leader: Host, wanted: ManifestObject["serves"]): Condition {
  const paths = [...new Set(wanted.map(({ path }) => path))];
  return {
    title: `the API server serves ${wanted.length === 1 ? "the custom resource" : `${wanted.length} custom resources`}`,
    within: 60_000,
    async holds() {
      const answers = await Promise.all(
        paths.map(async (path) => [path, await leader.read(kubectl(leader, `get --raw ${quote(path)}`))] as const),
      );
      const missing = answers.flatMap(([path, { code, stdout, stderr }]) => {
        if (code !== 0) return [`${path}: ${lastLine(stderr, "the API server does not answer")}`];
        const plurals = wanted.filter((each) => each.path === path).map(({ plural }) => plural);
        return plurals
          .filter((plural) => !stdout.includes(`"name":"${plural}"`))
          .map((plural) => `${path} has no ${plural} yet`);
      });
      return missing[0] ?? true;
    },
  };
}
