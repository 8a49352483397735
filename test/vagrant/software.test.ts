import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { withSoftware } from "../../src/vagrant/software.ts";
import { testCluster } from "../support/cluster.ts";
import { temporaryFolder } from "../support/programs.ts";

let fetched: string;

beforeEach(() => {
  const state = temporaryFolder();
  vi.stubEnv("XDG_STATE_HOME", state);
  fetched = join(state, "tripod/vagrant/prod");
  return () => vi.unstubAllEnvs();
});

test("without fetched software, programs come from packages, and images are pulled", () => {
  expect(withSoftware(testCluster())).toEqual(testCluster());
});

test("fetched software is used for Vagrant's machines, with the drill's image", () => {
  for (const name of ["binaries", "images"]) mkdirSync(join(fetched, name), { recursive: true });
  expect(withSoftware(testCluster())).toMatchObject({
    software: { binaries: join(fetched, "binaries"), images: join(fetched, "images") },
    drill: { image: "tripod.local/workload:1", interval: 50 },
  });
});

test("the inventory's own settings have priority", () => {
  for (const name of ["binaries", "images"]) mkdirSync(join(fetched, name), { recursive: true });
  const software = { binaries: "/bin", images: "/images" };
  const cluster = withSoftware(testCluster({ software, drill: { image: "registry.example/hello:1" } }));
  expect(cluster).toMatchObject({ software, drill: { image: "registry.example/hello:1" } });
});
