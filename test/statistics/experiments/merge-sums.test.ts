import fc from 'fast-check';
import { adjustedMeanOf, meanOf, mergeSums, proportionOf, ratioOf } from '../../../src/statistics/experiments';
import type { MetricSums } from '../../../src/statistics/experiments';
import { column, rawSums } from './samples';

const covariateOf = (values: readonly number[]) => values.map((value, row) => value * 0.7 + ((row * 13) % 11) + 20);

function close(found: MetricSums, expected: MetricSums): void {
  for (const [key, value] of Object.entries(expected) as [keyof MetricSums, number | string][]) {
    if (typeof value === 'number') {
      const slack = 1e-9 * Math.max(1, Math.abs(value)) * (/^m2|^c/.test(key) ? 1e4 : 1);
      expect(Math.abs((found[key] as unknown as number) - value)).toBeLessThanOrEqual(slack);
    } else expect(found[key]).toBe(value);
  }
}

const forms: Record<string, (values: readonly number[]) => MetricSums> = {
  mean: meanOf,
  adjusted: (values) => adjustedMeanOf(values, covariateOf(values)),
  ratio: (values) => ratioOf(values, covariateOf(values)),
  proportion: (values) => proportionOf(values.map((value) => value > 0)),
};

test.each(Object.entries(forms))('%s: parts merge to the whole, in any order', (_name, of) => {
  fc.assert(
    fc.property(column(0), column(0), (a, b) => {
      // Covariates go by row numbers: the second part keeps those of the whole.
      const whole = of([...a, ...b]);
      const second = subtractFirst(of, a, b);
      close(mergeSums(of(a), second), whole);
      close(mergeSums(second, of(a)), whole);
    }),
    { seed: 1, numRuns: 100 },
  );
});

/** The second part with covariates as they are in the whole. */
function subtractFirst(of: (values: readonly number[]) => MetricSums, a: readonly number[], b: readonly number[]) {
  const covariate = covariateOf([...a, ...b]).slice(a.length);
  const kind = of([]).kind;
  if (kind === 'adjusted-mean') return adjustedMeanOf(b, covariate);
  return kind === 'ratio' ? ratioOf(b, covariate) : of(b);
}

test('forms may be mixed; kinds may not', () => {
  const raw = { kind: 'mean', ...rawSums([3, 6]) } as const;
  expect(mergeSums(meanOf([1, 2]), raw)).toEqual({ kind: 'mean', n: 4, mean: 3, m2: 14, dropped: 0 });
  expect(mergeSums(meanOf([1, null]), meanOf([NaN]))).toMatchObject({ n: 1, dropped: 2 });
  expect(() => mergeSums(meanOf([1]), proportionOf([1]))).toThrow('b.kind is proportion: expected mean');
  expect(() => mergeSums({ kind: 'proportion', n: 1, successes: 2 }, proportionOf([1]))).toThrow('a.successes is 2');
});
