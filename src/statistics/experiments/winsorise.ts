import { finiteValues, requireArray, requireFinite, requireProbability } from '../arguments';
import { finiteQuantiles } from '../describe/quantiles';
import { noResult } from '../result';
import type { NoResult } from '../result';

/** Values with their tails pulled in. */
export type Winsorised =
  | {
      readonly status: 'ok';
      readonly method: string;
      /** Per arm, every row in its place. */
      readonly arms: readonly Float64Array[];
      /** The ends that values were pulled to. */
      readonly low: number;
      readonly high: number;
      /** Per arm, how many values were pulled at the low and at the high end. */
      readonly changed: readonly (readonly [number, number])[];
    }
  | NoResult<'insufficient-data'>;

/** Where the tails begin. */
export interface WinsoriseOptions {
  /** Share of all values below the lower end; 0 pulls none. */
  readonly low?: number;
  /** Share of all values below the upper end; .99, and 1 pulls none. */
  readonly high?: number;
  /** Ends in the values' unit instead, such as those of an earlier look. */
  readonly bounds?: { readonly low: number; readonly high: number };
}

/**
 * Pulls values beyond two quantiles (type 7) in to them, so that a handful of huge orders cannot decide a test. The
 * quantiles are those of all arms together: ends of their own would hide or make differences.
 * @param arms one array of values per arm; finite ones, because rows must keep their places
 * @throws RangeError on a missing value or ends in the wrong order
 * @see Tukey (1962)
 * @example winsorise([[1, 2, 3], [4, 100]], { high: 0.75 }).arms[1] // [4, 4]
 */
export function winsorise(arms: readonly ArrayLike<number>[], options: WinsoriseOptions = {}): Winsorised {
  const method = 'winsorised at type 7 quantiles of all arms together';
  const { low: below = 0, high: above = 0.99, bounds } = options;
  requireProbability('low', below);
  requireProbability('high', above);
  if (below > above) throw new RangeError(`low is ${below}: expected at most high, ${above}`);
  requireArray('arms', arms);
  const found = arms.map((values, arm) => complete(`arms[${arm}]`, values));
  const n = found.map((values) => values.length);
  if (n.every((rows) => rows === 0)) return noResult('insufficient-data', method, n, 'there are no values');
  const [low, high] = bounds === undefined ? finiteQuantiles(together(found), [below, above]) : endsOf(bounds);
  const pulled = found.map((values) => pull(values, low, high));
  return {
    status: 'ok',
    method,
    arms: pulled.map(({ values }) => values),
    low,
    high,
    changed: pulled.map(({ changed }) => changed),
  };
}

function complete(name: string, values: ArrayLike<number>): Float64Array {
  const found = finiteValues(name, values);
  if (found.dropped === 0) return found.values;
  let row = 0;
  while (Number.isFinite(values[row])) row += 1;
  throw new RangeError(`${name}[${row}] is ${String(values[row])}: expected a finite number`);
}

function endsOf({ low, high }: { readonly low: number; readonly high: number }): readonly [number, number] {
  requireFinite('bounds.low', low);
  requireFinite('bounds.high', high);
  if (low > high) throw new RangeError(`bounds.low is ${low}: expected at most bounds.high, ${high}`);
  return [low, high];
}

function together(arms: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arms.reduce((sum, values) => sum + values.length, 0));
  let from = 0;
  for (const values of arms) {
    all.set(values, from);
    from += values.length;
  }
  return all;
}

function pull(values: Float64Array, low: number, high: number) {
  const pulled = new Float64Array(values.length);
  let [below, above] = [0, 0];
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row]!;
    if (value < low) below += 1;
    else if (value > high) above += 1;
    pulled[row] = value < low ? low : value > high ? high : value;
  }
  return { values: pulled, changed: [below, above] as const };
}
