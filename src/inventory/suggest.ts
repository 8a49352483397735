/**
 * The known word that was most likely intended, or none: the given word is its beginning, or has at most one typing error for every four
 * of its letters. Four of five mistyped words have a single error (Damerau 1964); with more, another word is as likely as a mistyped one.
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  const begun = known.filter((candidate) => typed.length >= 3 && candidate.toLowerCase().startsWith(typed));
  const scored = known
    // As many letters have to be put in or taken out at the least.
    .filter((candidate) => Math.abs(candidate.length - typed.length) <= allowed(candidate))
    .map((candidate) => ({ candidate, slips: slips(typed, candidate.toLowerCase()) }))
    .filter(({ candidate, slips }) => slips <= allowed(candidate))
    .sort((one, other) => one.slips - other.slips);
  return scored[0]?.candidate ?? (begun.length === 1 ? begun[0] : undefined);
}

function allowed(candidate: string): number {
  return Math.max(1, Math.floor(candidate.length / 4));
}

/** `, did you mean …?` or nothing: the tail of a message. */
export function didYouMean(word: string, known: readonly string[]): string {
  const meant = suggest(word, known);
  return meant === undefined ? "" : `, did you mean \`${meant}\`?`;
}

/** Letters that are missing, too many or others, and neighbours that have changed places (optimal string alignment). */
function slips(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 0; i < one.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < other.length; j++) {
      const least = [
        (next[j] ?? 0) + 1,
        (row[j + 1] ?? 0) + 1,
        (row[j] ?? 0) + (one[i] === other[j] ? 0 : 1),
        ...(i > 0 && j > 0 && one[i] === other[j - 1] && one[i - 1] === other[j] ? [(before[j - 1] ?? 0) + 1] : []),
      ];
      next.push(Math.min(...least));
    }
    [before, row] = [row, next];
  }
  return row.at(-1) ?? 0;
}
