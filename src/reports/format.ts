import type { Html } from './html';
import { html } from './html';

const MINUS = '−';

/** What stands where there is no number. */
export const DASH = '–';

const number = (value: number, text: string) => (value < 0 && /[1-9]/.test(text) ? MINUS : '') + text;

/** Whole digits in groups of three; those after the point stay as they are. */
const grouped = (digits: string) => digits.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));

/** A number to so many places, in groups of three; null, and what is no number, is a dash. */
export function decimals(value: number | null, places = 3): string {
  if (value === null || !Number.isFinite(value)) return DASH;
  return number(value, grouped(Math.abs(value).toFixed(places)));
}

/** As `decimals`, with the sign of a difference. */
export function signed(value: number | null, places = 3): string {
  const text = decimals(value, places);
  return value !== null && value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** A whole number in groups of three. */
export function count(value: number): string {
  if (!Number.isFinite(value)) return DASH;
  return number(value, grouped(Math.abs(Math.round(value)).toFixed(0)));
}

/** `1 look`, `2 looks`. */
export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** A p-value; never shown as 0. */
export function probability(p: number | null): string {
  return p !== null && p < 0.0001 ? '< 0.0001' : decimals(p, 4);
}

/** A share of traffic in per cent. */
export function percent(share: number): string {
  return `${decimals(share * 100, 1).replace(/\.0$/, '')} %`;
}

/** A relative difference in per cent, with its sign. */
export function change(share: number | null): string {
  return share === null || !Number.isFinite(share) ? DASH : `${signed(share * 100, 2)} %`;
}

/** The day of an instant. */
export function day(instant: string): string {
  return instant.slice(0, 10);
}

/** A dash with the reason why nothing stands there. */
export function missing(reason: string): Html {
  return html`${DASH} <small>${reason}</small>`;
}

/** A number to four places, or a dash with the reason why there is none. */
export function orWhy(value: number | null, reason: string, places = 4): Html | string {
  return value === null ? missing(reason) : decimals(value, places);
}

/** Reasons as one sentence. */
export function sentence(reasons: readonly string[], otherwise: string): string {
  const text = reasons.filter((reason) => reason !== '').join('; ');
  return text === '' ? otherwise : `${text.replace(/\.$/, '')}.`;
}
