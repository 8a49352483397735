import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TripodError } from "../errors.ts";
import { type AptSource, debianSources, formatSources, parseDeb822, parseOneLine } from "./apt-sources.ts";
import { local } from "./local.ts";

const ETC = "/etc/apt";

/** The mirrors of this machine's own apt configuration, for a release of Debian. Throws E_LAB if it has none. */
export async function mirrors(release: string): Promise<AptSource[]> {
  const parts = join(ETC, "sources.list.d");
  const inParts = existsSync(parts) ? (await readdir(parts)).map((name) => join(parts, name)) : [];
  const sources: AptSource[] = [];
  for (const file of [join(ETC, "sources.list"), ...inParts.sort()].filter((name) => existsSync(name))) {
    if (file.endsWith(".sources")) sources.push(...parseDeb822(await readFile(file, "utf8")));
    else if (file.endsWith(".list")) sources.push(...parseOneLine(await readFile(file, "utf8")));
  }
  const found = debianSources(sources, await ownRelease(), release);
  if (found.length > 0) return found;
  throw new TripodError("E_LAB", "no Debian mirror in this machine's apt configuration", {
    why: `${ETC}/sources.list and ${parts} have no entry for this machine's own release with the component main`,
    hint: `add this machine's Debian mirror to ${ETC}/sources.list: the lab fetches its packages from there`,
  });
}

/** The codename of this machine's release. */
async function ownRelease(): Promise<string> {
  const text = await readFile("/etc/os-release", "utf8");
  if (/^ID=debian$/m.test(text)) return /^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1] ?? "sid";
  throw new TripodError(
    "E_LAB",
    "this machine does not run Debian, and the lab fetches its packages from a Debian machine's mirror",
    {
      hint: "use a machine with Debian 12 or 13",
    },
  );
}

/** The settings with which apt on this machine reaches its mirrors (proxies, timeouts, certificates), for another apt: `Acquire::…`. */
export async function acquireSettings(): Promise<string[]> {
  const dump = await local(["apt-config", "dump", "Acquire", "--format", '%F "%v"%n', "--no-empty"]);
  return dump
    .split("\n")
    .filter((line) => /^Acquire::(https?|ftp|Retries|Check-Valid-Until|Check-Date|ForceIPv[46])/.test(line));
}

/** A separate apt-get in a folder, for a release of Debian and its source packages: the beginning of its argv. */
export async function privateApt(folder: string, release: string): Promise<string[]> {
  await mkdir(join(folder, "lists", "partial"), { recursive: true });
  await mkdir(join(folder, "archives", "partial"), { recursive: true });
  const sources = join(folder, "debian.sources");
  await writeFile(sources, formatSources(await mirrors(release), "deb deb-src"));
  const settings = {
    "Dir::Etc::SourceList": sources,
    "Dir::Etc::SourceParts": "-",
    "Dir::Etc::Preferences": "-",
    "Dir::Etc::PreferencesParts": "-",
    "Dir::State::Lists": join(folder, "lists"),
    "Dir::State::Status": "/dev/null",
    "Dir::Cache": folder,
    "APT::Sandbox::User": "root",
    "APT::Install-Recommends": "false",
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`);
  const configuration = join(folder, "apt.conf");
  await writeFile(configuration, lines.join(""));
  return ["apt-get", "--quiet", "--config-file", configuration];
}
