/** Data and judges that the tests of this folder share. */
import fc from 'fast-check';
import { seeded } from '../../../src/cli/random';
import type { MetricSums } from '../../../src/statistics/experiments';

export { ok } from '../../vectors/map/mapper';

/** Standard normal numbers, seeded (Box and Muller). */
export function normals(seed: number): () => number {
  const random = seeded(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Raw sums of rows, as a query makes them. */
export function rawSums(values: readonly number[]) {
  const sum = values.reduce((total, value) => total + value, 0);
  return { n: values.length, sum, sumSquares: values.reduce((total, value) => total + value * value, 0) };
}

/** Σ xy of rows. */
export function products(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, value, row) => total + value * b[row]!, 0);
}

/** Where an answer holds NaN or an infinity, as paths. */
export function unsound(value: unknown, path = 'result'): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [`${path} is ${value}`];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => unsound(inner, `${path}.${key}`));
}

/** Columns of modest numbers, a few of them missing. */
export const column = (minLength: number, maxLength = 30) =>
  fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength, maxLength });

/** Sums that no test may choke on, however wild. */
export const wildSums: fc.Arbitrary<MetricSums> = fc.oneof(
  fc
    .record({ n: fc.nat(1e6), share: fc.double({ min: 0, max: 1, noNaN: true }) })
    .map(({ n, share }) => ({ kind: 'proportion' as const, n, successes: Math.round(n * share) })),
  fc
    .record({
      n: fc.nat(1e6),
      mean: fc.double({ noNaN: true, noDefaultInfinity: true }),
      m2: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
    })
    .map(({ n, mean, m2 }) => ({ kind: 'mean' as const, n, mean, m2: n < 2 ? 0 : m2 })),
);

/** The largest distance between p-values and the uniform law: Kolmogorov's D. */
export function distanceFromUniform(pValues: readonly number[]): number {
  const sorted = [...pValues].sort((a, b) => a - b);
  const n = sorted.length;
  return Math.max(...sorted.map((p, k) => Math.max(p - k / n, (k + 1) / n - p)));
}
