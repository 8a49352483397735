/** ms for people: `0.4 s`, `24 s`, `3 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** ms since the epoch as `2026-01-31 12:00:00 UTC`. */
export function utc(at: number): string {
  return new Date(at).toISOString().replace(/T(.*)\.\d+Z$/, " $1 UTC");
}

/** Round steps of a time axis, ms. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400].map(
  (seconds) => seconds * 1000,
);

/** Round times from 0 to `wallMs`, at most `most` of them after the 0, with their labels. */
export function ticks(wallMs: number, most: number): { readonly at: number; readonly label: string }[] {
  const fine = [100, 200, 500];
  const step = [...fine, ...STEPS].find((each) => wallMs / each <= most) ?? Math.ceil(wallMs / most);
  return Array.from({ length: Math.floor(wallMs / step) + 1 }, (_, index) => {
    const at = index * step;
    return { at, label: index === 0 ? "0" : clock(at, step, wallMs) };
  });
}

function clock(at: number, step: number, wallMs: number): string {
  if (step < 1000) return `${(at / 1000).toFixed(1)} s`;
  if (wallMs <= 120_000) return `${at / 1000} s`;
  const minutes = Math.floor(at / 60_000);
  return `${minutes}:${`${(at / 1000) % 60}`.padStart(2, "0")}`;
}
