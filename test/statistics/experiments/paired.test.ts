import fc from 'fast-check';
import { mcnemarTest, pairedLossTest } from '../../../src/statistics';

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
  return [Array<number>(challenger.length).fill(1), champion, challenger] as const;
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
  const test = mcnemarTest(...rows(challengerOnly, championOnly, 7));
  expect(test).toMatchObject({
    n: challengerOnly + championOnly + 7,
    treatmentOnly: challengerOnly,
    controlOnly: championOnly,
  });
  expect(test.pValue).toBeCloseTo(p, 8);
});

test('rows that both have right or wrong say nothing, and the sides are alike', () => {
  const few = fc.integer({ min: 0, max: 60 });
  fc.assert(
    fc.property(few, few, few, (a, b, both) => {
      const { pValue } = mcnemarTest(...rows(a, b, both));
      expect(pValue).toBeGreaterThan(0);
      expect(pValue).toBeLessThanOrEqual(1);
      expect(mcnemarTest(...rows(b, a, 0)).pValue).toBe(pValue);
    }),
    { seed: 5 },
  );
});

// By hand: P(X ≥ k) for X of the differing rows, fair.
test.each([
  [5, 0, 1 / 32],
  [4, 1, 6 / 32],
  [0, 5, 1],
  [0, 0, 1],
])('one-sided, %d for the treatment against %d: p %d', (treatmentOnly, controlOnly, p) => {
  expect(mcnemarTest(...rows(treatmentOnly, controlOnly, 3)).pGreater).toBeCloseTo(p, 12);
});

// By hand: mean and standard error of the four differences.
test('the paired loss is the mean difference over its standard error', () => {
  const found = pairedLossTest([1, 0, 1, 0], [0.6, 0.4, 0.5, 0.5], [0.9, 0.1, 0.6, 0.3]);
  const saved = [0.9 / 0.6, 0.9 / 0.6, 0.6 / 0.5, 0.7 / 0.5].map(Math.log);
  const mean = saved.reduce((a, b) => a + b) / 4;
  const sd = Math.sqrt(saved.reduce((a, b) => a + (b - mean) ** 2, 0) / 3);
  expect(found.saved).toBeCloseTo(mean, 12);
  expect(mean / (sd / 2)).toBeGreaterThan(6);
  expect(found.pGreater!).toBeLessThan(1e-9);
});

test('models that never differ have no p, and swapping them turns the sign', () => {
  expect(pairedLossTest([1, 0], [0.6, 0.4], [0.6, 0.4])).toEqual({ n: 2, saved: 0, pGreater: null });
  expect(pairedLossTest([], [], [])).toEqual({ n: 0, saved: null, pGreater: null });
  const scores = fc.array(
    fc.tuple(
      fc.constantFrom(0, 1),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ),
    { minLength: 2, maxLength: 40 },
  );
  fc.assert(
    fc.property(scores, (cells) => {
      const [labels, a, b] = [0, 1, 2].map((index) => cells.map((cell) => cell[index]!)) as [
        number[],
        number[],
        number[],
      ];
      const there = pairedLossTest(labels, a, b);
      const back = pairedLossTest(labels, b, a);
      expect(there.saved!).toBeCloseTo(-back.saved!, 9);
      if (there.pGreater !== null) expect(there.pGreater + back.pGreater!).toBeCloseTo(1, 9);
    }),
    { seed: 6 },
  );
});

test('rows of unequal number are refused', () => {
  expect(() => mcnemarTest([1, 0], [1], [1, 0])).toThrow(/control/);
  expect(() => pairedLossTest([1, 0], [0.5, 0.5], [0.5])).toThrow(/treatment/);
});
