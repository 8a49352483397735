/** The length of an outage: `0.87 s`, `2.6 s`, `3 min 5 s`. Rounded up, so that no outage looks shorter than it was. */
export function lengthText(ms: number): string {
  const { seconds } = rounded(ms);
  if (seconds < 120) return `${seconds} s`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The same with all digits, for the columns of a table: `2.60 s`. */
export function lengthColumn(ms: number): string {
  const { seconds, digits } = rounded(ms);
  return seconds < 120 ? `${seconds.toFixed(digits)} s` : lengthText(ms);
}

function rounded(ms: number): { readonly seconds: number; readonly digits: number } {
  const digits = ms < 10_000 ? 2 : ms < 120_000 ? 1 : 0;
  const grain = 1000 / 10 ** digits;
  return { seconds: (Math.ceil(Math.round(ms) / grain) * grain) / 1000, digits };
}
