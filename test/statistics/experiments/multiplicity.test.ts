import fc from 'fast-check';
import { adjustPValues } from '../../../src/statistics/experiments';
import type { Adjustment } from '../../../src/statistics/experiments';

const METHODS: Adjustment[] = [
  'none',
  'bonferroni',
  'sidak',
  'holm',
  'holm-sidak',
  'hochberg',
  'benjamini-hochberg',
  'benjamini-yekutieli',
];
const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

test.each(METHODS)('%s: never smaller than p, in [0, 1], in the order of p, whatever the order given', (method) => {
  fc.assert(
    fc.property(pValues, (values) => {
      const { adjusted, rejected } = adjustPValues(values, method, 0.1);
      expect(adjusted).toHaveLength(values.length);
      adjusted.forEach((p, index) => {
        expect(p).toBeGreaterThanOrEqual(values[index]! * (1 - 1e-12));
        expect(p).toBeLessThanOrEqual(1);
        expect(rejected[index]).toBe(p <= 0.1 * (1 + 1e-15));
        values.forEach((other, place) => {
          if (other < values[index]!) expect(adjusted[place]!).toBeLessThanOrEqual(p);
        });
      });
      expect(adjustPValues([...values].reverse(), method, 0.1).adjusted).toEqual([...adjusted].reverse());
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('each method is at least as strict as the next one', () => {
  const orders: Adjustment[][] = [
    ['bonferroni', 'holm', 'hochberg', 'benjamini-hochberg', 'none'],
    ['bonferroni', 'sidak', 'holm-sidak', 'none'],
    ['benjamini-yekutieli', 'benjamini-hochberg'],
  ];
  fc.assert(
    fc.property(pValues, (values) => {
      for (const methods of orders) {
        const found = methods.map((method) => adjustPValues(values, method).adjusted);
        for (let k = 1; k < found.length; k += 1)
          found[k]!.forEach((p, index) => expect(p).toBeLessThanOrEqual(found[k - 1]![index]! * (1 + 1e-12)));
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('the smallest p keep their size, one p is itself, none stays none', () => {
  expect(adjustPValues([1e-300, 0.5], 'sidak').adjusted[0]! / 2e-300).toBeCloseTo(1, 12);
  for (const method of METHODS) {
    expect(adjustPValues([0.03], method).adjusted[0]).toBeCloseTo(0.03, 14);
    expect(adjustPValues([], method)).toEqual({ method, alpha: 0.05, adjusted: [], rejected: [] });
  }
});

test('a p on its boundary is rejected, rounding or not', () => {
  // 5/3 · .03 is .05 but for rounding.
  expect(adjustPValues([0.001, 0.001, 0.03, 0.9, 0.9], 'benjamini-hochberg').rejected[2]).toBe(true);
  expect(adjustPValues([0.0125, 0.5, 0.5, 0.5], 'holm').rejected[0]).toBe(true);
});

test('bad arguments are refused by name', () => {
  expect(() => adjustPValues([0.1, 1.1], 'holm')).toThrow('pValues[1] is 1.1');
  expect(() => adjustPValues([NaN], 'holm')).toThrow('pValues[0] is NaN');
  expect(() => adjustPValues([0.1], 'fdr' as never)).toThrow('method is "fdr"');
  expect(() => adjustPValues([0.1], 'holm', 0)).toThrow('alpha is 0');
  expect(() => adjustPValues('0.1' as never, 'holm')).toThrow(TypeError);
});
