const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** `1.5s` in ms; undefined if it is not a duration, zero, or not a whole number of milliseconds. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit = ""] = DURATION.exec(text) ?? [];
  const ms = Math.round(Number(amount) * (UNITS[unit] ?? NaN) * 1000) / 1000;
  return Number.isSafeInteger(ms) && ms > 0 ? ms : undefined;
}
