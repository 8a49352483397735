import { z } from "zod";
import { CNIS, DEFAULT_CNI } from "../cni/index.ts";
import type { Life } from "./life.ts";
import type { Path } from "./problem.ts";
import { label, textual } from "./scalars.ts";
import { drill, power } from "./sections/drill.ts";
import { etcd } from "./sections/etcd.ts";
import { firewall } from "./sections/firewall.ts";
import { kubernetes } from "./sections/kubernetes.ts";
import { loadBalancer } from "./sections/load-balancer.ts";
import { machine, ssh } from "./sections/machine.ts";
import { preflight } from "./sections/preflight.ts";
import { proxy } from "./sections/proxy.ts";
import { software } from "./sections/software.ts";
import { vagrant } from "./sections/vagrant.ts";

const containerd = z
  .strictObject({
    restrictOomScoreAdj: z
      .boolean()
      .default(false)
      .describe("For hosts whose root lacks CAP_SYS_RESOURCE (system containers): without it no pod starts there.")
      .meta({ life: "any time" }),
    sandboxImage: textual("image", /^[^\s]+[:@][^\s/]+$/, "an image with its tag, such as registry.example/pause:3.10")
      .optional()
      .describe("The pause image. Default: the one that kubeadm of this version uses.")
      .meta({ life: "any time", examples: ["registry.example/pause:3.10.2"] }),
    mirrors: z
      .record(
        textual(
          "registry",
          /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?(?::\d{1,5})?$/,
          "a registry such as docker.io or registry.example:5000",
        ),
        z.array(textual("URL", /^https?:\/\/[^\s"'\\@]+$/, "an http:// or https:// URL without a user")),
      )
      .default({})
      .describe(
        "Mirrors of registries, tried in order before the registry itself; an empty list removes those that were set.",
      )
      .meta({ life: "any time", examples: [{ "docker.io": ["https://mirror.example.org"] }] }),
  })
  .prefault({})
  .describe("The container runtime.");

const network = z
  .strictObject({
    cni: z
      .enum(CNIS.map(({ name }) => name))
      .optional()
      .describe(`${CNIS.map(({ name, title }) => `\`${name}\`: ${title}`).join(". ")}. Default: ${DEFAULT_CNI.name}.`)
      .meta({ life: "at creation", examples: ["bridge"] }),
    manifest: textual("path or URL", /^(?!http:)(?!~[^/]).+$/, "a path or an https:// URL")
      .superRefine((text, context) => {
        if (!text.includes("://")) return;
        const url = URL.canParse(text) ? new URL(text) : undefined;
        // The value may contain a password: it is not shown.
        if (url?.protocol !== "https:" || url.hostname === "" || /\s/.test(text))
          context.addIssue({ code: "custom", message: "must be a path, or an https:// URL with a host" });
        else if (url.username !== "" || url.password !== "")
          context.addIssue({
            code: "custom",
            message:
              "contains a user or a password, which would end up in records and reports: fetch the file and set its path",
          });
      })
      .optional()
      .describe("A manifest of any other pod network, applied instead: a file, or an https:// URL.")
      .meta({ life: "any time", examples: ["./calico.yaml"] }),
    sha256: textual("sha256", /^[0-9a-f]{64}$/, "a SHA-256: 64 hex digits in lower case, as sha256sum prints it")
      .optional()
      .describe(
        "The manifest's digest: any other content is refused before anything is changed. Recommended for a URL.",
      )
      .meta({
        life: "operator's side",
        examples: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
      }),
  })
  .prefault({})
  .describe("The pod network: `cni` or `manifest`.");

/** All keys. The JSON Schema and the reference are generated from it. */
export const inventory = z.strictObject({
  name: label.describe("The cluster's name.").meta({ life: "at creation", examples: ["production"] }),
  kubernetes,
  software,
  proxy,
  preflight,
  etcd,
  loadBalancer,
  containerd,
  network,
  firewall,
  drill,
  power,
  ssh,
  vagrant,
  masters: z
    .array(machine)
    .describe("The control plane and etcd: an odd number of machines, three for high availability."),
  workers: z.array(machine).prefault([]).describe("Machines for pods, as many as you have."),
});

export type Inventory = z.output<typeof inventory>;
export type MachineSettings = z.output<typeof machine>;

/** An inventory without its mistakes: required keys may be missing, nothing else differs. */
export const draft = z.object({
  ...inventory.partial().shape,
  kubernetes: kubernetes.partial().prefault({}),
  loadBalancer: loadBalancer.partial().prefault({}),
  masters: z.array(machine.partial()).optional(),
  workers: z.array(machine.partial()).default([]),
});

export type Draft = z.output<typeof draft>;

export interface JsonSchema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly additionalProperties?: boolean | JsonSchema;
  /** The only possible keys of a map. */
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly anyOf?: readonly JsonSchema[];
  /** When the key may be changed in an existing cluster; a map's value applies to all its keys. */
  readonly "x-life"?: Life;
}

/** For editors: JSON Schema draft 7, which every YAML language server reads. */
export function inventoryJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(inventory, {
    io: "input",
    target: "draft-7",
    // zod treats the examples of a transformed value as examples of its output.
    override: ({ zodSchema, jsonSchema }) => {
      const { examples, life } = z.globalRegistry.get(zodSchema) ?? {};
      if (examples) jsonSchema.examples = examples as unknown[];
      delete jsonSchema.life;
      if (life) jsonSchema["x-life"] = life;
    },
  });
  return { ...schema, title: "Tripod inventory" } as JsonSchema;
}

let known: JsonSchema | undefined;

/** The allowed keys at a path, for suggestions. */
export function keysAt(path: Path): string[] {
  const schema = schemaAt(path);
  return [...Object.keys(schema?.properties ?? {}), ...(schema?.propertyNames?.enum ?? [])];
}

/** A text that a key takes, or an item of a list: its default, or an example. */
export function exampleAt(path: Path): string | undefined {
  const { default: usual, examples: [example] = [] } = schemaAt(path) ?? {};
  const [list] = schemaAt(path.slice(0, -1))?.examples ?? [];
  const item = Array.isArray(list) && typeof path.at(-1) === "number" ? (list[0] as unknown) : undefined;
  return [usual, example, item].find((value) => typeof value === "string");
}

export function schemaAt(path: Path): JsonSchema | undefined {
  let schema: JsonSchema | undefined = (known ??= inventoryJsonSchema());
  for (const step of path) schema = mapOf(typeof step === "number" ? schema?.items : valueOf(schema, step));
  return schema;
}

function valueOf(schema: JsonSchema | undefined, key: string): JsonSchema | undefined {
  const { properties = {}, additionalProperties: any } = schema ?? {};
  return properties[key] ?? (typeof any === "object" ? any : undefined);
}

/** Of several forms of a value, the map with known keys. */
function mapOf(schema: JsonSchema | undefined): JsonSchema | undefined {
  return schema?.anyOf?.find((form) => form.properties ?? form.propertyNames) ?? schema;
}
