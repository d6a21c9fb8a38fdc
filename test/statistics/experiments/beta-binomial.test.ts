import fc from 'fast-check';
import { logGamma } from '../../../src/statistics/distributions';
import { bayesianCompare, betaBinomialCompare } from '../../../src/statistics/experiments';
import { ok, unsound } from './samples';

const arms = fc
  .record({ n: fc.integer({ min: 0, max: 5_000 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ n, share }) => ({ n, successes: Math.round(n * share) }));

/** Miller's closed form for whole shapes: Σ B(α₁ + i, β₁ + β₂) / ((β₂ + i) B(1 + i, β₂) B(α₁, β₁)). */
function closedForm(control: { n: number; successes: number }, treatment: { n: number; successes: number }): number {
  const lnB = (a: number, b: number) => logGamma(a) + logGamma(b) - logGamma(a + b);
  const [a1, b1] = [control.successes + 1, control.n - control.successes + 1];
  const [a2, b2] = [treatment.successes + 1, treatment.n - treatment.successes + 1];
  let sum = 0;
  for (let i = 0; i < a2; i += 1)
    sum += Math.exp(lnB(a1 + i, b1 + b2) - Math.log(b2 + i) - lnB(1 + i, b2) - lnB(a1, b1));
  return sum;
}

test('the chance to win is that of the closed form, however different the arms are in size', () => {
  const cases = [
    [
      { n: 200, successes: 20 },
      { n: 200, successes: 30 },
    ],
    [
      { n: 10, successes: 0 },
      { n: 12, successes: 1 },
    ],
    [
      { n: 3, successes: 3 },
      { n: 5, successes: 0 },
    ],
    [
      { n: 100_000, successes: 10_150 },
      { n: 40, successes: 4 },
    ],
    [
      { n: 40, successes: 4 },
      { n: 20_000, successes: 2_030 },
    ],
    [
      { n: 0, successes: 0 },
      { n: 0, successes: 0 },
    ],
  ] as const;
  for (const [control, treatment] of cases)
    expect(betaBinomialCompare(control, treatment).chanceToWin).toBeCloseTo(closedForm(control, treatment), 9);
});

test('exchanged arms win and lose the other way round', () => {
  fc.assert(
    fc.property(arms, arms, fc.constantFrom<[number, number]>([1, 1], [0.5, 0.5], [3, 20]), (a, b, prior) => {
      const [there, back] = [betaBinomialCompare(a, b, { prior }), betaBinomialCompare(b, a, { prior })];
      expect(there.chanceToWin + back.chanceToWin).toBeCloseTo(1, 9);
      expect(back.expectedLoss.control).toBeCloseTo(there.expectedLoss.treatment, 12);
      expect(there.expectedLoss.control - there.expectedLoss.treatment).toBeCloseTo(there.effect.value, 9);
      expect(unsound(there)).toEqual([]);
    }),
    { seed: 1, numRuns: 40 },
  );
});

test('large counts agree with the normal posterior', () => {
  const [a, b] = [
    { n: 1e6, successes: 100_000 },
    { n: 1e6, successes: 100_500 },
  ];
  const normal = ok(bayesianCompare({ kind: 'proportion', ...a }, { kind: 'proportion', ...b }));
  const found = betaBinomialCompare(a, b);
  expect(found.chanceToWin).toBeCloseTo(normal.chanceToWin, 4);
  expect(found.expectedLoss.treatment / normal.expectedLoss.treatment).toBeCloseTo(1, 2);
});

test('bad counts and priors are refused by name', () => {
  const good = { n: 5, successes: 2 };
  expect(() => betaBinomialCompare({ n: 5, successes: 6 }, good)).toThrow('control.successes is 6');
  expect(() => betaBinomialCompare(good, good, { prior: [0, 1] })).toThrow('prior[0] is 0: expected at least 0.05');
  expect(() => betaBinomialCompare(good, good, { prior: [1, NaN] })).toThrow('prior[1] is NaN');
  expect(() => betaBinomialCompare(good, good, { alpha: 0 })).toThrow('alpha is 0');
});

test.each([
  // Gauss-Legendre quadrature of the product, the last by mpmath with 50 digits.
  [{ n: 1000, successes: 500 }, { n: 1000, successes: 300 }, [1, 1], 2.57234e-20],
  [{ n: 1000, successes: 500 }, { n: 1000, successes: 200 }, [1, 1], 3.118e-46],
  [{ n: 1508, successes: 1084 }, { n: 5991, successes: 1859 }, [0.118, 6.73], 8.4155e-182],
] as const)('%j against %j, prior %j: a chance far out keeps its digits', (control, treatment, prior, expected) => {
  const { chanceToWin } = betaBinomialCompare(control, treatment, { prior });
  expect(chanceToWin / expected).toBeCloseTo(1, 3);
});
