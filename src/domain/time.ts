import type { Duration, Instant, Interval } from '../contracts';

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Milliseconds of a duration.
 * @example durationMs('7d') // 604800000
 * @throws RangeError when the text is no duration; specs are checked before they get here.
 */
export function durationMs(duration: Duration): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(duration);
  const unit = match ? UNITS[match[2]!] : undefined;
  if (!match || unit === undefined)
    throw new RangeError(`no duration: ${JSON.stringify(duration)}, expected 7d, 12h, 30m`);
  return Math.round(Number(match[1]) * unit);
}

/** Milliseconds since 1970 of an instant. */
export function ms(instant: Instant): number {
  return Date.parse(instant);
}

/** The normalised instant: 24 characters, so that instants compare as text. */
export function iso(milliseconds: number): Instant {
  return new Date(milliseconds).toISOString();
}

/** The instant a duration later. */
export function after(instant: Instant, duration: Duration): Instant {
  return iso(ms(instant) + durationMs(duration));
}

/** The instant a duration earlier. */
export function before(instant: Instant, duration: Duration): Instant {
  return iso(ms(instant) - durationMs(duration));
}

/** The earlier of two instants; null stands for never. */
export function earliest(...instants: readonly (Instant | null)[]): Instant | null {
  const known = instants.filter((instant): instant is Instant => instant !== null);
  return known.length === 0 ? null : known.reduce((a, b) => (a <= b ? a : b));
}

/** The k-th window of a length, counted from an origin, half-open. */
export function windowAt(origin: Instant, length: Duration, k: number): Interval {
  const size = durationMs(length);
  const from = ms(origin) + k * size;
  return { from: iso(from), to: iso(from + size) };
}

/** The calendar day of an instant, in UTC. */
export function day(instant: Instant): string {
  return instant.slice(0, 10);
}
