import { anyManifest } from "../src/cni/any-manifest.ts";
import { type Cni, CNIS } from "../src/cni/index.ts";

const BEGIN = "<!-- Generated from src/cni by `npm run generate`. -->";
const END = "<!-- Generated until here. -->";

/** The page with the table of all pod networks made anew. */
export function podNetworksPage(page: string): string {
  const [before = ""] = page.split(BEGIN, 1);
  const after = page.slice(page.indexOf(END) + END.length);
  return `${before}${BEGIN}\n\n${table()}\n${END}${after}`;
}

const ROWS: readonly (readonly [title: string, cell: (cni: Cni) => string])[] = [
  ["What it is", ({ title }) => title],
  [
    "Installed by",
    ({ installedBy }) =>
      ({ tripod: "Tripod, on the hosts", manifest: "its pods, from a manifest", nobody: "you" })[installedBy],
  ],
  ["Machines", ({ oneSegment }) => (oneSegment ? "in one L2 segment" : "in any segments")],
  ["NetworkPolicy", ({ networkPolicy }) => ({ true: "yes", false: "no", undefined: "as it is" })[`${networkPolicy}`]],
  ["Nodes become Ready", ({ installedBy }) => (installedBy === "nobody" ? "when you have installed one" : "yes")],
  ["Version", versions],
  ["Pod range", ({ podRange }) => podRange],
  ["Plugins that hosts get", ({ plugins }) => plugins.join(", ") || "none"],
  [
    "Where containerd looks",
    ({ installsPlugins }) => (installsPlugins ? "`/opt/cni/bin`" : "the package's folder; `/opt/cni/bin` if uploaded"),
  ],
  ["Kernel modules", ({ modules }) => modules.map((name) => `\`${name}\``).join(", ") || "–"],
  [
    "Between hosts",
    ({ traffic }) =>
      traffic
        .map(
          ({ protocol, number, what }) =>
            `${protocol === "ip" ? "IP protocol" : protocol.toUpperCase()} ${number} (${what})`,
        )
        .join(", ") || "–",
  ],
  ["Described in", ({ source }) => `[upstream](${source})`],
];

function versions({ manifests }: Cni): string {
  return manifests.map(({ version, from }) => `${version} (Kubernetes 1.${from} and later)`).join(", ") || "–";
}

/** As Prettier formats it. */
function table(): string {
  const all = [...CNIS, anyManifest];
  const rows = [
    ["", ...all.map(({ name }) => `\`${name}\``)],
    ...ROWS.map(([title, cell]) => [title, ...all.map(cell)]),
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |\n`;
  const [header = [], ...body] = rows;
  return [header, widths.map((width) => "-".repeat(width)), ...body].map(line).join("");
}
