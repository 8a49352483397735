import { describe, expect, it } from "vitest";
import { runCommandLine } from "../../../src/cli/program.ts";
import { recordingIo } from "../../support/io.ts";

const cwd = new URL("../../../", import.meta.url).pathname;

async function tripod(...args: string[]) {
  const io = recordingIo({ cwd });
  const exitCode = await runCommandLine(args, io);
  return { exitCode, out: io.stdout.text, err: io.stderr.text };
}

describe("tripod validate", () => {
  it("summarizes a valid inventory in one line", async () => {
    expect(await tripod("validate", "-i", "inventories/ha-3x2.yaml")).toEqual({
      exitCode: 0,
      out: "inventories/ha-3x2.yaml: no mistakes. production: Kubernetes 1.36.3 on 3 masters, 2 workers, API at 10.0.0.10:8443\n",
      err: "",
    });
  });

  it("prints the summary as JSON", async () => {
    const { out } = await tripod("validate", "-i", "inventories/ha-3x2.yaml", "--json");
    expect(JSON.parse(out)).toMatchObject({ valid: true, name: "production", workers: ["w1", "w2"] });
  });

  it("shows every mistake with its line, and exits with 4", async () => {
    const { exitCode, out, err } = await tripod("validate", "-i", "test/fixtures/inventory/invalid-vip-outside.yaml");
    expect({ exitCode, out }).toEqual({ exitCode: 4, out: "" });
    expect(err).toMatch(/^test\/fixtures\/inventory\/invalid-vip-outside\.yaml:4:22 10\.0\.1\.10 is not in/);
    expect(err).toMatch(/4 mistakes in .*; nothing was contacted\n$/);
  });

  it("prints the place of each mistake as JSON", async () => {
    const { err } = await tripod("validate", "-i", "test/fixtures/inventory/invalid-even-masters.yaml", "--json");
    const { errors } = JSON.parse(err) as { errors: unknown[] };
    expect(errors).toMatchObject([{ code: "E_INVENTORY", origin: { line: 5, column: 1 } }]);
  });

  it("treats a missing file as a wrong argument", async () => {
    const { exitCode, err } = await tripod("validate", "-i", "absent.yaml");
    expect(exitCode).toBe(3);
    expect(err).toContain("absent.yaml does not exist");
  });
});

describe("tripod schema", () => {
  it("prints the schema that is in the repository", async () => {
    const { exitCode, out } = await tripod("schema");
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      title: "Tripod inventory",
      required: ["name", "kubernetes", "loadBalancer", "masters"],
    });
  });
});
