const [DASH, COLON, DOT, T, Z, ZERO] = [45, 58, 46, 84, 90, 48];
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * The normal form of an instant that is written as `2011-12-05T06:00:00Z` or `2011-12-05T06:00:00.000Z`; null for
 * anything else, right or wrong.
 */
export function utcInstant(text: unknown): string | null {
  if (typeof text !== 'string') return null;
  const { length } = text;
  if (length !== 20 && length !== 24) return null;
  if (text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH || text.charCodeAt(10) !== T) return null;
  if (text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON || text.charCodeAt(length - 1) !== Z) return null;
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)];
  // Every comparison with the NaN of something that is no digit is false.
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month))) return null;
  if (!(digits(text, 11, 13) <= 23 && digits(text, 14, 16) <= 59 && digits(text, 17, 19) <= 59)) return null;
  if (length === 20) return `${text.slice(0, 19)}.000Z`;
  return text.charCodeAt(19) === DOT && digits(text, 20, 23) >= 0 ? text : null;
}

function daysOf(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : DAYS[month - 1]!;
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let place = from; place < to; place += 1) {
    const digit = text.charCodeAt(place) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
