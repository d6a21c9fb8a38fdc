/** A number as a reason shows it: three decimals, or two digits where those would hide it. */
export function shown(value: number | null): string {
  if (value === null) return '–';
  return Math.abs(value) >= 0.001 || value === 0 ? String(Math.round(value * 1_000) / 1_000) : value.toExponential(1);
}
