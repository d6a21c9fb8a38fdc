import type { AlertCost } from '../../contracts';

/** `412 EUR a day (301 to 530)`. */
export function costLine({ currency, perDay, low, high }: AlertCost): string {
  return `${amount(perDay)} ${currency} a day (${amount(low)} to ${amount(high)})`;
}

/** A number with four significant digits; a dash where there is none. */
export function amount(value: number | null): string {
  return value === null ? '–' : String(Number(value.toPrecision(4)));
}
