import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { TripodError } from "../errors.ts";
import { DOMAIN_PATTERN } from "../inventory/scalars.ts";

/** An object of a manifest. */
export interface ManifestObject {
  readonly kind: string;
  readonly name: string;
  /** Absent where the manifest names none: `default`, or none at all. */
  readonly namespace?: string | undefined;
  /** Of a CustomResourceDefinition: what it adds to the API, `/apis/GROUP/VERSION` and the plural. */
  readonly serves: readonly { readonly path: string; readonly plural: string }[];
}

/** A document of a manifest as it was written, and the objects in it: one, or those of a List. */
export interface ManifestDocument {
  readonly text: string;
  readonly objects: readonly ManifestObject[];
}

/** Names go into commands on hosts. RBAC's may contain colons; nothing is asked by those. */
const name = z.string().regex(/^[A-Za-z0-9][-A-Za-z0-9._:]{0,252}$/, "is not a name that Kubernetes allows");
const domain = z.string().regex(DOMAIN_PATTERN, "is not a DNS name");

const object = z.looseObject({
  kind: z.string().regex(/^[A-Za-z0-9]+$/, "is not a kind"),
  metadata: z.looseObject({ name, namespace: domain.optional() }),
});

const definition = z.looseObject({
  spec: z.looseObject({
    group: domain,
    names: z.looseObject({ plural: domain }),
    versions: z.array(z.looseObject({ name: domain, served: z.boolean().default(true) })).default([]),
  }),
});

/**
 * The documents of a manifest, in its order. Their text stays as it is: only kubectl, which reads YAML 1.1, interprets it.
 * @param from the manifest's name, for errors
 * @throws TripodError E_LOCAL with the line where it is not YAML, or where a document is not a Kubernetes object
 */
export function manifestObjects(from: string, text: string): ManifestDocument[] {
  const documents = textsIn(text).flatMap(({ line, text: one }) => {
    const [parsed, second] = parseAllDocuments(one, { version: "1.1", prettyErrors: false, logLevel: "silent" });
    if (!parsed || !("errors" in parsed)) return [];
    const [error] = parsed.errors;
    if (error) throw unusable(from, line + one.slice(0, error.pos[0]).split("\n").length - 1, error.message);
    if (second) throw unusable(from, line, "its documents cannot be separated");
    const value: unknown = parsed.toJS({ maxAliasCount: 100 });
    return value === null ? [] : [{ text: one, objects: objectsOf(from, line, value) }];
  });
  if (documents.length === 0) throw unusable(from, 1, "it contains no Kubernetes object");
  return documents;
}

/** As kubectl separates them: by lines that begin with three dashes. */
function textsIn(text: string): { readonly line: number; readonly text: string }[] {
  const found: { line: number; lines: string[] }[] = [{ line: 1, lines: [] }];
  for (const [index, line] of text.split(/\r?\n/).entries())
    if (/^---(\s|$)/.test(line)) found.push({ line: index + 2, lines: [] });
    else found.at(-1)?.lines.push(line);
  return found.map(({ line, lines }) => ({ line, text: lines.join("\n") }));
}

function objectsOf(from: string, line: number, value: unknown): ManifestObject[] {
  const list = z.looseObject({ kind: z.string().endsWith("List"), items: z.array(z.unknown()) }).safeParse(value);
  if (list.success) return list.data.items.flatMap((item) => objectsOf(from, line, item));
  const { data, error } = object.safeParse(value);
  if (!data) throw unusable(from, line, reason(error));
  const { kind, metadata } = data;
  return [{ kind, name: metadata.name, namespace: metadata.namespace, serves: serves(from, line, kind, value) }];
}

function serves(from: string, line: number, kind: string, value: unknown): ManifestObject["serves"] {
  if (kind !== "CustomResourceDefinition") return [];
  const { data, error } = definition.safeParse(value);
  if (!data) throw unusable(from, line, reason(error));
  const { group, names, versions } = data.spec;
  return versions.flatMap(({ name: version, served }) =>
    served ? [{ path: `/apis/${group}/${version}`, plural: names.plural }] : [],
  );
}

function reason({ issues: [issue] }: z.ZodError): string {
  return `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`;
}

function unusable(from: string, line: number, why: string): TripodError {
  return new TripodError("E_LOCAL", `cannot use the manifest ${from}`, {
    why: `the document at line ${line}: ${why}`,
    hint: "set `network.manifest` to a file of Kubernetes objects in YAML, as `kubectl apply -f` takes it",
  });
}
