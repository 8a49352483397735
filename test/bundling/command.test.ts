import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { stringify } from "yaml";
import { runCommandLine } from "../../src/cli/program.ts";
import { bundleSource } from "../support/bundle-source.ts";
import { recordingIo } from "../support/io.ts";
import { temporaryFolder } from "../support/programs.ts";

test("`tripod bundle` prints what it made, its digest, how it is used and what is not in it, and lists it", async () => {
  vi.stubEnv("XDG_CACHE_HOME", temporaryFolder());
  onTestFinished(() => void vi.unstubAllEnvs());
  const cwd = temporaryFolder();
  const { software, containerd } = (await bundleSource()).overrides;
  const inventory = {
    ...{ name: "prod", kubernetes: { version: "1.36.3" }, loadBalancer: { vip: "10.0.0.10" }, software, containerd },
    masters: [{ name: "m1", address: "10.0.0.11" }],
  };
  writeFileSync(join(cwd, "prod.yaml"), stringify(inventory));
  const tripod = async (...words: string[]) => {
    const io = recordingIo({ cwd });
    const code = await runCommandLine(words, io);
    expect(io.stderr.text + String(code)).toMatch(/0$/);
    return io.stdout.text;
  };
  const made = await tripod("bundle", "-i", "prod.yaml", "-o", "bundle.tar");
  expect(made.split("\n")).toEqual([
    expect.stringMatching(
      /^bundle\.tar: Kubernetes 1\.36\.3 for amd64, pod network bridge: 8 releases, 7 images, [\d.]+ MB$/,
    ),
    expect.stringMatching(/^sha256 [0-9a-f]{64}$/),
    "to use it: tripod apply -i prod.yaml --bundle bundle.tar",
    expect.stringContaining("not in it: keepalived, haproxy and the small tools"),
    "",
  ]);
  expect(await tripod("bundle", "--list", "bundle.tar")).toMatch(/^ +0\.0 MB {2}registry\.k8s\.io\/pause:3\.10\.2$/m);
  expect(JSON.parse(await tripod("bundle", "--list", "bundle.tar", "--json"))).toMatchObject({
    ...{ file: "bundle.tar", format: 1, kubernetes: "1.36.3" },
  });
});
