/** One entry of sources.list(5), by the field names of its deb822 form. */
export interface AptSource {
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  /** Signed-By, Trusted, Check-Valid-Until …: the options that apt needs to trust the mirror. */
  readonly options: Readonly<Record<string, string>>;
}

/** The entries of a `*.list` file that have binary packages: `deb [option=value …] URI suite component …`. */
export function parseOneLine(text: string): AptSource[] {
  return text.split("\n").flatMap((line) => {
    const [, bracket = "", uri, suite, rest] = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line) ?? [];
    if (!uri || !suite || !rest) return [];
    const fields: Record<string, string> = {};
    for (const [, name = "", value = ""] of bracket.matchAll(/([\w-]+)\s*=\s*(\S+)/g)) fields[fieldName(name)] = value;
    return [{ uris: [uri], suites: [suite], components: words(rest), options: kept(fields) }];
  });
}

/** The same from a `*.sources` file: paragraphs of `Field: value`, continued on lines that begin with a space. */
export function parseDeb822(text: string): AptSource[] {
  return text
    .replace(/^#.*\n?/gm, "")
    .split(/\n\s*\n/)
    .map(paragraph)
    .filter((fields) => words(fields.Types).includes("deb") && fields.Enabled?.toLowerCase() !== "no")
    .map((fields) => ({
      uris: words(fields.URIs),
      suites: words(fields.Suites),
      components: words(fields.Components),
      options: kept(fields),
    }));
}

function paragraph(text: string): Record<string, string | undefined> {
  const fields = text.matchAll(/^([\w-]+):[ \t]*(.*(?:\n[ \t].*)*)/gm);
  return Object.fromEntries([...fields].map(([, name = "", value = ""]) => [fieldName(name), value.trimEnd()]));
}

/** Field names are case-insensitive; `URIs` is the odd one. */
function fieldName(name: string): string {
  const spelled = name.toLowerCase().replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
  return spelled === "Uris" ? "URIs" : spelled;
}

const KEPT = ["Signed-By", "Trusted", "Check-Valid-Until", "Allow-Insecure", "Allow-Weak"];

function kept(fields: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(KEPT.flatMap((name) => (fields[name] ? [[name, fields[name]]] : [])));
}

function words(text = ""): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

const SUITE = /^(?<release>[a-z]+)(?<pocket>|-updates|-security)$/;

/**
 * The Debian mirrors of this machine for another release of Debian: the same mirrors with the suite's name replaced.
 * @param own the codename of the release the machine runs; its suites may also be written as `stable` and the like
 */
export function debianSources(sources: readonly AptSource[], own: string, wanted: string): AptSource[] {
  const names = new Set([own, "stable", "oldstable", "testing"]);
  return sources.flatMap((source) => {
    const suites = source.suites.flatMap((suite) => {
      const { release = "", pocket = "" } = SUITE.exec(suite)?.groups ?? {};
      return names.has(release) ? [`${wanted}${pocket}`] : [];
    });
    const usable = source.uris.filter((uri) => !uri.startsWith("cdrom:"));
    if (suites.length === 0 || usable.length === 0 || !source.components.includes("main")) return [];
    return [{ ...source, uris: usable, suites, components: ["main"] }];
  });
}

/** As the text of a `*.sources` file. */
export function formatSources(sources: readonly AptSource[], types = "deb"): string {
  return sources
    .map(({ uris, suites, components, options }) =>
      [
        `Types: ${types}`,
        `URIs: ${uris.join(" ")}`,
        `Suites: ${suites.join(" ")}`,
        `Components: ${components.join(" ")}`,
        ...Object.entries(options).map(([name, value]) => `${name}: ${value}`),
      ].join("\n"),
    )
    .join("\n\n")
    .concat("\n");
}
