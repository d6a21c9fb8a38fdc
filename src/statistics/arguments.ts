/** Refusals at the door: a `TypeError` or `RangeError` that names the argument, its value and what would do. */

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.slice(0, 5).map(shown).join(', ')}${value.length > 5 ? ', …' : ''}]`;
  return typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : String(value);
}

function refuse(name: string, value: unknown, expected: string): never {
  const message = `${name} is ${shown(value)}: expected ${expected}`;
  throw typeof value === 'number' || Array.isArray(value) ? new RangeError(message) : new TypeError(message);
}

/** A number that is finite. */
export function requireFinite(name: string, value: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) refuse(name, value, 'a finite number');
  return value;
}

/** A number that may be infinite but not NaN: where a distribution is asked. */
export function requireNumber(name: string, value: number): number {
  if (typeof value !== 'number' || Number.isNaN(value)) refuse(name, value, 'a number');
  return value;
}

/** A number above 0. */
export function requirePositive(name: string, value: number): number {
  if (typeof value !== 'number' || !(value > 0 && value < Infinity)) refuse(name, value, 'a number above 0');
  return value;
}

/** A share strictly between 0 and 1: α, power, a quantile's p. */
export function requireShare(name: string, value: number): number {
  if (typeof value !== 'number' || !(value > 0 && value < 1)) refuse(name, value, 'a number between 0 and 1');
  return value;
}

/** A probability, 0 and 1 included. */
export function requireProbability(name: string, value: number): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) refuse(name, value, 'a number from 0 to 1');
  return value;
}

/** A whole number from 0 on. */
export function requireCount(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) refuse(name, value, 'a whole number from 0 on');
  return value;
}

/** Whole numbers from 0 on. */
export function requireCounts(name: string, values: ArrayLike<number>): void {
  requireArray(name, values);
  for (let index = 0; index < values.length; index += 1) requireCount(`${name}[${index}]`, values[index]!);
}

/** One of a few words. */
export function requireOneOf<Word extends string>(name: string, value: Word, words: readonly Word[]): Word {
  if (!words.includes(value)) refuse(name, value, `one of ${words.join(', ')}`);
  return value;
}

/** An array or a typed array of numbers; strings and plain values are refused, nulls are the caller's to drop. */
export function requireArray(name: string, values: ArrayLike<unknown>): void {
  const arrayLike = Array.isArray(values) || (ArrayBuffer.isView(values) && !(values instanceof DataView));
  if (!arrayLike) refuse(name, values, 'an array of numbers');
}

/** Two arrays of one length. */
export function requireSameLength(first: string, a: ArrayLike<unknown>, second: string, b: ArrayLike<unknown>): void {
  requireArray(first, a);
  requireArray(second, b);
  if (a.length !== b.length)
    throw new RangeError(`${second} has ${b.length} values and ${first} has ${a.length}: expected one length`);
}

/** Planned shares, one per arm, each above 0 and summing to 1. */
export function requireShares(name: string, values: ArrayLike<number>, arms: number): void {
  requireArray(name, values);
  if (values.length !== arms)
    throw new RangeError(`${name} has ${values.length} shares: expected ${arms}, one per arm`);
  let sum = 0;
  for (let arm = 0; arm < arms; arm += 1) sum += requirePositive(`${name}[${arm}]`, values[arm]!);
  if (Math.abs(sum - 1) > 1e-9) throw new RangeError(`${name} sums to ${sum}: expected shares that sum to 1`);
}

/**
 * The finite numbers of a sample. A `Float64Array` without anything to drop comes back as it is, not copied; null,
 * undefined, NaN and infinities are left out and counted.
 * @throws TypeError on a value that is neither a number nor missing
 */
export function finiteValues(
  name: string,
  values: ArrayLike<number | null | undefined>,
): { readonly values: Float64Array; readonly dropped: number } {
  requireArray(name, values);
  const { length } = values;
  if (values instanceof Float64Array && allFinite(values)) return { values, dropped: 0 };
  const kept = new Float64Array(length);
  let n = 0;
  for (let index = 0; index < length; index += 1) {
    const value = values[index];
    if (typeof value === 'number') {
      if (Number.isFinite(value)) kept[n++] = value;
    } else if (value !== null && value !== undefined) refuse(`${name}[${index}]`, value, 'a number or null');
  }
  return { values: kept.subarray(0, n), dropped: length - n };
}

/** 0 · x is 0 for a finite x and NaN otherwise: one pass without a branch, in four chains that do not wait for each other. */
function allFinite(values: Float64Array): boolean {
  const whole = values.length - (values.length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let index = 0; index < whole; index += 4) {
    a *= values[index]!;
    b *= values[index + 1]!;
    c *= values[index + 2]!;
    d *= values[index + 3]!;
  }
  for (let index = whole; index < values.length; index += 1) a *= values[index]!;
  return a + b + c + d === 0;
}

/** The note about what was left out, if anything was. */
export function droppedNote(dropped: number): string[] {
  return dropped === 0 ? [] : [`${dropped} missing or infinite value${dropped === 1 ? '' : 's'} left out`];
}
