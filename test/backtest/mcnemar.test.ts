import fc from 'fast-check';
import { compareOnSameRows } from '../../src/cli/backtest/mcnemar';

/** Rows of which so many only one of both has right, and so many both. */
function rows(challengerOnly: number, championOnly: number, both: number) {
  const challenger = [
    ...Array<number>(challengerOnly).fill(1),
    ...Array<number>(championOnly).fill(0),
    ...Array<number>(both).fill(1),
  ];
  const champion = [
    ...Array<number>(challengerOnly).fill(0),
    ...Array<number>(championOnly).fill(1),
    ...Array<number>(both).fill(1),
  ];
  return [challenger, champion, Array<number>(challenger.length).fill(1)] as const;
}

// By hand: 2 Σ C(n, k) / 2^n up to the smaller count.
test.each([
  [5, 0, 2 / 32],
  [4, 1, 12 / 32],
  [3, 3, 1],
  [0, 0, 1],
  [1, 9, 22 / 1024],
  [25, 12, 0.04703102743951604],
])('%d against %d rows that only one has right: p %d', (challengerOnly, championOnly, p) => {
  const test = compareOnSameRows(...rows(challengerOnly, championOnly, 7));
  expect(test).toMatchObject({ n: challengerOnly + championOnly + 7, challengerOnly, championOnly });
  expect(test.pValue).toBeCloseTo(p, 8);
});

test('rows that both have right or wrong say nothing, and the sides are alike', () => {
  const few = fc.integer({ min: 0, max: 60 });
  fc.assert(
    fc.property(few, few, few, (a, b, both) => {
      const { pValue } = compareOnSameRows(...rows(a, b, both));
      expect(pValue).toBeGreaterThan(0);
      expect(pValue).toBeLessThanOrEqual(1);
      expect(compareOnSameRows(...rows(b, a, 0)).pValue).toBe(pValue);
    }),
    { seed: 5 },
  );
});
