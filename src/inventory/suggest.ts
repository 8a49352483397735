/** The known word a person most likely meant: within a third of its letters (Levenshtein), or none. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const scored = known
    // As many letters have to be put in or taken out at the least.
    .filter((candidate) => Math.abs(candidate.length - word.length) <= allowed(candidate))
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= allowed(candidate))
    .sort((one, other) => one.distance - other.distance);
  return scored[0]?.candidate;
}

function allowed(candidate: string): number {
  return Math.max(1, Math.ceil(candidate.length / 3));
}

/** `, did you mean …?` or nothing: the tail of a message. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = suggest(word, known);
  return meant === undefined ? "" : `, did you mean \`${meant}\`?`;
}

function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++)
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (one[i] === other[j] ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
}
