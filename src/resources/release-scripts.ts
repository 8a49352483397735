import { dirname } from "node:path";
import { DIGEST, exported, quote, sh } from "../remote/shell.ts";
import { type Artifact, fileName } from "../releases/artifact.ts";

/** Where downloads arrive on a host, until they are installed. */
export const RELEASE_CACHE = "/var/cache/tripod";
/** One record for each artifact: `VERSION DIGEST` of the download, then `DIGEST PATH` of each installed file. */
export const RECORDS = "/var/lib/tripod/releases";

/** How a host reaches the source. */
export interface Way {
  /** Certificates that are trusted too, PEM. */
  readonly ca?: string | undefined;
  /** The proxy's variables, by name. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** TLS only, also after a redirect; a connection that stalls for half a minute is given up. */
const CURL =
  "curl --fail --location --proto =https --proto-redir =https --connect-timeout 10 --speed-limit 1024 --speed-time 30";

/** A script that only reads. It prints `record VERSION DIGEST`, and `intact` where exactly these files are installed and, unless they are `replaceable`, unchanged. */
export function readScript(artifact: Artifact, replaceable: boolean): string {
  const paths = artifact.files.map(({ path }) => path);
  return `${DIGEST}
r=${RECORDS}/${artifact.name}
intact() {
  read -r version whole <"$r" || return
  echo "record $version $whole"
  [ "$(sed 1d "$r" | cut -d' ' -f2- | tr '\\n' ' ')" = ${quote(`${paths.join(" ")} `)} ] || return
  sed 1d "$r" | while read -r want path; do [ -x "$path" ]${replaceable ? "" : ' && [ "$(digest "$path")" = "$want" ]'} || exit 1; done || return
  echo intact
}
intact 2>/dev/null
true`;
}

/** A script that changes nothing. It prints `yes` or `no`: whether the host reaches this file; nothing where it has no curl. */
export function reachScript(url: string, { ca, environment = {} }: Way): string {
  return `command -v curl >/dev/null || exit 0
${exported(environment)}${trusting(ca)}
${CURL} ${caOption(ca)} --silent --head --max-time 20 --output /dev/null ${quote(url)} 2>/dev/null && echo yes || echo no`;
}

/**
 * curl's meter in words; any other line unchanged. Its columns: percent, total, percent, received, …
 * (https://curl.se/docs/manpage.html#progress)
 */
export function meterInWords(line: string): string {
  const [, total = "", received = ""] = /^\s*\d+\s+(\S+)\s+\d+\s+(\S+)\s+\d/.exec(line) ?? [];
  return total === "" ? line : `${received} of ${total}`;
}

/** A script that fetches the artifact, continuing what has arrived before. It exits with 65 where the digest is not the published one. */
export function fetchScript(artifact: Artifact, sha256: string, { ca, environment = {} }: Way): string {
  const part = `${fileName(artifact)}.part`;
  return `${DIGEST}
${exported(environment)}umask 022; mkdir -p ${RELEASE_CACHE} && cd ${RELEASE_CACHE} || exit
part=${quote(part)} url=${quote(artifact.url)} tries=0
whole() { [ -s "$part" ] && [ "$(digest "$part")" = ${sha256} ]; }
${trusting(ca)}
until whole; do
  had=$(stat -c %s "$part" 2>/dev/null || echo 0)
  ${CURL} ${caOption(ca)} --retry 3 --continue-at - --output "$part" "$url"; code=$?
  [ $code -ne 0 ] || whole || {
    found=$(digest "$part"); rm -f "$part"
    # What had arrived before may have been another file: it is fetched once more, from the beginning.
    [ "$had" -gt 0 ] || { echo "published: ${sha256}"; echo "fetched:   $found"; exit 65; }
  }
  # 33 and 416 (22): the server cannot continue this file.
  [ $code -ne 33 ] && { [ $code -ne 22 ] || [ "$had" -eq 0 ]; } || rm -f "$part"
  # A bad line is given up when nothing more arrives, however often it breaks before.
  [ "$(stat -c %s "$part" 2>/dev/null || echo 0)" -gt "$had" ] && tries=0 || tries=$((tries + 1))
  whole || [ $tries -lt 5 ] || { echo "gave up after $tries attempts in which nothing arrived"; exit 1; }
  [ $code -ne 22 ] || [ "$had" -gt 0 ] || exit 1
done`;
}

/** A script that installs the files of the artifact, which has arrived completely: all are unpacked beside their targets first. */
export function placeScript(artifact: Artifact, sha256: string): string {
  const part = `${RELEASE_CACHE}/${fileName(artifact)}.part`;
  const record = `${RECORDS}/${artifact.name}`;
  const unpacked = artifact.files.map(({ member, path }, index) => ({ index, member, path }));
  return `${DIGEST}
set -e; umask 022
part=${quote(part)}
[ "$(digest "$part")" = ${sha256} ] || { echo "$part is not the published file" >&2; exit 1; }
${sh`mkdir -p ${[RECORDS, ...new Set(unpacked.map(({ path }) => dirname(path)))]}`}
trap 'rm -f -- ${unpacked.map(({ index }) => `"\${t${index}-}"`).join(" ")} "\${t-}"' EXIT
${unpacked
  .map(
    ({ index, member, path }) => `t${index}=$(mktemp ${quote(`${dirname(path)}/.tripod.XXXXXXXXXX`)})
${member === undefined ? `cp -- "$part"` : `tar -xzOf "$part" ${quote(member)} >`} "$t${index}"
[ -s "$t${index}" ]; chown root:root "$t${index}"; chmod 755 "$t${index}"`,
  )
  .join("\n")}
t=$(mktemp ${RECORDS}/.tripod.XXXXXXXXXX)
echo ${quote(`${artifact.version} ${sha256}`)} >"$t"
${unpacked.map(({ index, path }) => `echo "$(digest "$t${index}") "${quote(path)} >>"$t"`).join("\n")}
sync -- ${unpacked.map(({ index }) => `"$t${index}"`).join(" ")} "$t"
${unpacked.map(({ index, path }) => `mv -fT -- "$t${index}" ${quote(path)}`).join("\n")}
chmod 644 "$t"; mv -fT -- "$t" ${quote(record)}
rm -f -- "$part"`;
}

/** The host's own authorities and ours, in a file in memory that ends with the script: curl before 7.87 reads it again after a redirect. */
function trusting(ca: string | undefined): string {
  if (ca === undefined) return "";
  return `trusted=$(mktemp /run/tripod-ca.XXXXXXXXXX) || exit; trap 'rm -f "$trusted"' EXIT
{ cat /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt 2>/dev/null; printf %s ${quote(ca)}; } >"$trusted"`;
}

function caOption(ca: string | undefined): string {
  return ca === undefined ? "" : '--cacert "$trusted"';
}
