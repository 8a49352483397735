/**
 * Who has set which field, and when: kubectl prints it before 1.25 (kubernetes/kubernetes#111319). A line of a diff, and one that only
 * `metadata.managedFields` has.
 */
const OWNERSHIP =
  /^[-+] +(?:- )?(?:(?:time|manager|operation|subresource|fieldsType|apiVersion): .*|(?:[fkv]:.*|\.):(?: \{\})?|fieldsV1:)$/;
const OF_OWNERSHIP = /^[-+ ] +(?:- )?(?:f:\S+:(?: \{\})?|fieldsType: FieldsV1)$/m;

/** Counters that follow from any other change. */
const COUNTER = /^[-+] {2}(?:generation| {2}deprecated\.daemonset\.template\.generation): "?\d+"?$/;

/** How many lines of a new object a diff shows. */
const SHOWN = 40;

/** What `kubectl diff` prints, without its temporary folders and the times of its files, and without hunks that say nothing about the objects. */
export function withoutNoise(diff: string): string {
  return diff
    .replace(/^diff .*\n/gm, "")
    .split(/^(?=--- \S)/m)
    .map(objectWithoutNoise)
    .join("");
}

function objectWithoutNoise(diff: string): string {
  const [header = "", ...hunks] = diff.split(/^(?=@@ )/m);
  const telling = hunks.filter(isTelling);
  if (telling.length === 0) return "";
  const told = telling.map((hunk) => (hunk.startsWith("@@ -0,0 ") ? beginning(hunk) : hunk));
  return `${header.replace(/^(---|\+\+\+) \/tmp\/(?:LIVE|MERGED)-\d+\/(\S+).*$/gm, "$1 $2")}${told.join("")}`;
}

/** Of an object that is new: definitions of custom resources have thousands of lines. */
function beginning(hunk: string): string {
  const lines = hunk.split("\n");
  const left = lines.length - SHOWN;
  return left <= 1 ? hunk : [...lines.slice(0, SHOWN), `+… and ${left - 1} more lines of a new object`, ""].join("\n");
}

function isTelling(hunk: string): boolean {
  const changed = hunk.split("\n").filter((line) => /^[-+]/.test(line) && !COUNTER.test(line));
  return changed.some((line) => !OWNERSHIP.test(line)) || (changed.length > 0 && !OF_OWNERSHIP.test(hunk));
}
