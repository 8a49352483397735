import { parse } from "semver";
import { type Component, type Field, has, type MinorRange, spanned, type Value } from "../components/component.ts";
import { KUBE_PROXY } from "../components/kube-proxy.ts";
import { KUBELET } from "../components/kubelet.ts";
import { dotted, type Path, type Problem, TOLD } from "../problem.ts";
import type { Draft } from "../schema.ts";
import { shown, shownBare } from "../shown.ts";
import { didYouMean } from "../suggest.ts";

/**
 * Settings that no kubelet and no kube-proxy of this version has: old programs pass over them with a line in a log, newer kubeadms refuse them
 * when machines have been changed already. So it is with the few values that are words: most keep the program from starting.
 */
export function* componentRules({ kubernetes }: Draft): Iterable<Problem> {
  const { version, kubelet = {}, kubeProxy = {} } = kubernetes;
  yield* settingsOf({ path: ["kubernetes", "kubelet"], component: KUBELET, settings: kubelet, version });
  yield* settingsOf({ path: ["kubernetes", "kubeProxy"], component: KUBE_PROXY, settings: kubeProxy, version });
}

type Json = Readonly<Record<string, unknown>>;

interface Settings {
  readonly path: Path;
  readonly component: Component;
  readonly settings: Json;
  /** Absent where the inventory gives none that can be read. */
  readonly version: string | undefined;
}

interface Asked extends Settings {
  readonly minor: number | undefined;
  readonly gates: Json;
  /** `, did you mean …?`, from the names beside the key. */
  readonly meant: (key: string, around: Field) => string;
}

function* settingsOf(of: Settings): Iterable<Problem> {
  const { path, component, settings, version } = of;
  const { featureGates } = settings;
  const minor = parse(version)?.minor;
  // Hundreds of names for each key: suggestions that are not shown are not searched for.
  let left = TOLD;
  const meant = (key: string, around: Field) => (left-- > 0 ? didYouMean(key, names(around.fields, minor)) : "");
  yield* within({ ...of, minor, meant, gates: isMap(featureGates) ? featureGates : {} }, path, component, settings);
}

/** Of fields or values, those that the minor has. */
function names(all: ReadonlyMap<string, MinorRange>, minor: number | undefined): string[] {
  return [...all].filter(([, span]) => has(span, minor)).map(([name]) => name);
}

function* within(of: Asked, path: Path, around: Field, settings: Json): Iterable<Problem> {
  const { component, minor, version, meant } = of;
  for (const [key, value] of Object.entries(settings)) {
    const inner = [...path, key];
    const name = dotted(inner.slice(of.path.length));
    const field = around.fields.get(key);
    if (!field) yield { path: inner, at: "key", message: `${component.title} has no \`${name}\`${meant(key, around)}` };
    else if (!has(field, minor))
      yield {
        path: inner,
        at: "key",
        message: `${component.title} has \`${name}\` ${spanned(field)}; this inventory's version is ${version ?? ""}`,
      };
    else if (Array.isArray(value))
      for (const [index, item] of value.entries()) yield* held(of, [...inner, index], field, item);
    else yield* held(of, inner, field, value);
  }
}

/** What a field, or one item of it, is given. Nothing, and text of nothing, leave it to the program. */
function* held(of: Asked, path: Path, field: Field, value: unknown): Iterable<Problem> {
  if (value === null || value === "") return;
  if (field.values.size > 0) yield* word(of, path, field.values, value);
  else if (field.fields.size > 0 && isMap(value)) yield* within(of, path, field, value);
  else if (field.fields.size > 0)
    yield { path, message: `\`${dotted(path)}\` must be a map of keys, not ${shown(value)}` };
}

function* word(of: Asked, path: Path, values: ReadonlyMap<string, Value>, given: unknown): Iterable<Problem> {
  const { component, minor, version, gates } = of;
  const said = typeof given === "string" ? given : "";
  const value = values.get(said);
  const program = `${component.title}${version === undefined ? "" : ` of ${version}`}`;
  if (!value || !has(value, minor)) {
    const known = names(values, minor);
    yield {
      path,
      message: `\`${dotted(path)}\`: ${program} takes ${known.join(", ")}, not ${shown(given)}${value ? "" : didYouMean(said, known)}`,
      ...(value && { hint: `${component.title} has ${shownBare(said)} ${spanned(value)}` }),
    };
  } else if (value.gate && minor !== undefined && minor < value.gate.on && !isOn(gates, value.gate.name))
    yield {
      path,
      message: `\`${dotted(path)}\`: ${program} has ${shown(given)} behind a feature gate that is off`,
      hint: `set \`featureGates: { ${value.gate.name}: true }\` next to it, or use Kubernetes 1.${value.gate.on} or later`,
    };
}

/** A gate that is off by default: it is named, or all of its kind are. */
function isOn(gates: Json, name: string): boolean {
  return (gates[name] ?? gates.AllAlpha) === true;
}

function isMap(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
