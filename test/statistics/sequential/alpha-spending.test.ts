import fc from 'fast-check';
import { spendingBounds } from '../../../src/statistics';
import type { SpendingBound, SpendingLook, SpendingPlan } from '../../../src/statistics';
import { seeded } from '../../support/streams';
import { casesOf, expectClose } from '../../support/vectors';
import { crossingByGrid } from './grid';

const okay = (look: SpendingBound) => {
  if (look.status !== 'ok') throw new Error(look.status);
  return look;
};
const boundsOf = (looks: readonly SpendingLook[], plan: Partial<SpendingPlan> = {}) =>
  spendingBounds({ alpha: 0.05, ...plan, looks }).map((look) => okay(look).bound);
const even = (k: number) =>
  Array.from({ length: k }, (_, index) => ({ fraction: (index + 1) / k, information: (index + 1) * 100 }));

/** Two to six looks, at any time and with any information, both growing. */
const anyLooks = fc
  .array(fc.tuple(fc.double({ min: 0.05, max: 1 }), fc.double({ min: 0.01, max: 1 })), { minLength: 2, maxLength: 6 })
  .filter((steps) => steps.every(([time, rows]) => Number.isFinite(time) && Number.isFinite(rows)))
  .map((steps) => {
    const planned = steps.reduce((sum, [time]) => sum + time, 0);
    let [fraction, information] = [0, 0];
    return steps.map(([time, rows]): SpendingLook => {
      fraction = Math.min(1, fraction + time / planned);
      information += rows;
      return { fraction, information };
    });
  });
const anyPlan = fc.record({
  alpha: fc.constantFrom(0.01, 0.05, 0.1),
  spending: fc.constantFrom('obrien-fleming' as const, 'obrien-fleming-total' as const, 'pocock' as const),
  sides: fc.constantFrom(1 as const, 2 as const),
});

const cases = casesOf('sequential', 'alphaSpendingBounds').filter(
  ([, { args }]) => args.spending === 'lanDeMetsOBF' && args.sides === 2,
);

test('the vectors have cases of this design', () => expect(cases.length).toBeGreaterThan(0));

test.each(cases)('matches the published recursion: %s', (_, entry) => {
  const fractions = entry.input.informationFractions as number[];
  const found = boundsOf(
    fractions.map((fraction) => ({ fraction, information: fraction * 1_000 })),
    { alpha: entry.args.alpha },
  );
  found.forEach((bound, index) => expectClose(bound, entry.expected.zBounds[index], entry));
});

test('five and eight even looks; the last bound holds whoever stopped early or did not', () => {
  expect(boundsOf(even(5)).map((bound) => bound.toFixed(2))).toEqual(['4.88', '3.36', '2.68', '2.29', '2.03']);
  const eight = ['6.232', '4.333', '3.481', '2.980', '2.644', '2.401', '2.215', '2.066'];
  expect(boundsOf(even(8)).map((bound) => bound.toFixed(3))).toEqual(eight);
});

test('one side of .025 has the published bounds of gsDesign and ldbounds', () => {
  const one = { alpha: 0.025, sides: 1 } as const;
  expect(boundsOf(even(5), one).map((bound) => bound.toFixed(4))).toEqual([
    '4.8769',
    '3.3570',
    '2.6803',
    '2.2898',
    '2.0310',
  ]);
  expect(boundsOf(even(5), { ...one, spending: 'pocock' }).map((bound) => bound.toFixed(3))).toEqual([
    '2.438',
    '2.427',
    '2.410',
    '2.397',
    '2.386',
  ]);
});

test('what crosses is what is spent, by another integration: any plan, any looks', () => {
  fc.assert(
    fc.property(anyPlan, anyLooks, (plan, looks) => {
      const found = spendingBounds({ ...plan, looks }).map(okay);
      const bounds = found.map(({ bound }) => bound);
      const crossed = crossingByGrid(
        bounds,
        looks.map(({ information }) => information),
        plan.sides,
      );
      found.forEach(({ spent }, index) => expect(Math.abs(crossed[index]! - spent)).toBeLessThan(2e-5));
      expect(found.at(-1)!.spent).toBeCloseTo(plan.alpha, 10);
    }),
    { seed: 1, numRuns: 8 },
  );
});

test('bounds depend on how information grows, not on its unit', () => {
  fc.assert(
    fc.property(anyPlan, anyLooks, fc.constantFrom(1e-9, 1 / 3, 1e9), (plan, looks, unit) => {
      const scaled = looks.map((look) => ({ ...look, information: look.information * unit }));
      const found = boundsOf(scaled, plan);
      boundsOf(looks, plan).forEach((bound, index) => expect(Math.abs(found[index]! - bound)).toBeLessThan(1e-9));
    }),
    { seed: 2, numRuns: 15 },
  );
});

test('later looks do not change the bounds of earlier ones', () => {
  fc.assert(
    fc.property(anyPlan, anyLooks, (plan, looks) => {
      expect(boundsOf(looks.slice(0, -1), plan)).toEqual(boundsOf(looks, plan).slice(0, -1));
    }),
    { seed: 3, numRuns: 15 },
  );
});

test('less α, higher bounds; more spent before, a higher last bound', () => {
  const [strict, loose] = [boundsOf(even(6), { alpha: 0.01 }), boundsOf(even(6), { alpha: 0.1 })];
  strict.forEach((bound, index) => expect(bound).toBeGreaterThan(loose[index]!));
  const last = (spending: SpendingPlan['spending']) => boundsOf(even(6), { spending: spending! }).at(-1)!;
  expect(last('pocock')).toBeGreaterThan(last('obrien-fleming-total'));
  expect(last('obrien-fleming-total')).toBeGreaterThan(last('obrien-fleming'));
  expect(last('obrien-fleming')).toBeGreaterThan(boundsOf(even(1))[0]!);
});

test('one look alone is the fixed-horizon test', () => {
  for (const spending of ['obrien-fleming', 'obrien-fleming-total', 'pocock'] as const) {
    const [two] = spendingBounds({ alpha: 0.05, spending, looks: [{ fraction: 1, information: 7 }] }).map(okay);
    expect(two!.bound).toBeCloseTo(1.959963984540054, 12);
    expect(two!.nominalP).toBeCloseTo(0.05, 12);
    expect(boundsOf(even(1), { spending, sides: 1 })[0]).toBeCloseTo(1.6448536269514722, 12);
  }
});

test('a look without rows, or without new rows, has a status and no bound, and the others still hold', () => {
  const looks = [0, 0, 300, 300, 500].map((information, index) => ({ fraction: (index + 1) / 5, information }));
  const found = spendingBounds({ alpha: 0.05, looks });
  expect(found.map(({ status }) => status)).toEqual([
    'no-information',
    'no-information',
    'ok',
    'no-new-information',
    'ok',
  ]);
  expect(found.map(({ spent }) => spent.toFixed(4))).toEqual(['0.0000', '0.0000', '0.0076', '0.0076', '0.0500']);
  const without = looks.filter((_, index) => index === 2 || index === 4);
  expect(found.flatMap((look) => (look.status === 'ok' ? look.bound : []))).toEqual(boundsOf(without));
});

test('a look with too few units in an arm gets no bound and spends nothing', () => {
  const looks = [50, 99, 100].map((smallestArm, k) => ({
    fraction: (k + 1) / 3,
    information: 2 * smallestArm,
    smallestArm,
  }));
  const found = spendingBounds({ alpha: 0.05, looks });
  expect(found.map(({ status }) => status)).toEqual(['below-minimum', 'below-minimum', 'ok']);
  expect(okay(found[2]!).bound).toBeCloseTo(1.959963984540054, 12);
  expect(found[1]).toMatchObject({ spent: 0, reason: '99 units in the smaller arm: a look decides from 100' });
  expect(boundsOf(looks, { minimumPerArm: 50 })).toHaveLength(3);
});

test('a plan that is stretched takes nothing back', () => {
  const stretched = [0.5, 0.9, 0.6, 0.9, 1].map((fraction, k) => ({ fraction, information: k + 1 }));
  const found = spendingBounds({ alpha: 0.05, looks: stretched }).map(okay);
  expect(found[2]).toMatchObject({ spentHere: 0, spent: found[1]!.spent, bound: 37 });
  expect(found[2]!.notes).toHaveLength(1);
  expect(found.at(-1)!.spent).toBeCloseTo(0.05, 12);
});

test.each([
  // Composite Gauss-Legendre on panels no wider than the increment.
  [7_000, 5, 2.6084, 2.4501],
  [1_000, 1, 2.60843, 2.44999],
])('of %d rows, a fifth look with %d more has the bound of a finer integration', (rows, more, fifth, sixth) => {
  const looks = Array.from({ length: 8 }, (_, k) => ({ fraction: (k + 1) / 8, information: (rows * (k + 1)) / 8 }));
  looks[4] = { fraction: 5 / 8, information: rows / 2 + more };
  const found = boundsOf(looks);
  expect(found[4]).toBeCloseTo(fifth, 4);
  expect(found[5]).toBeCloseTo(sixth, 4);
});

test('a look with hardly any new rows tends to a limit', () => {
  const last = [1e-2, 1e-4, 1e-6, 1e-12].map((more) => {
    const looks = [0.25, 0.5, 0.5 + more, 1].map((information, k) => ({ fraction: (k + 1) / 4, information }));
    return boundsOf(looks);
  });
  for (let k = 0; k < 4; k += 1) expect(Math.abs(last[2]![k]! - last[3]![k]!)).toBeLessThan(1e-5);
  expect(Math.abs(last[1]![3]! - last[2]![3]!)).toBeLessThan(1e-3);
});

test('hardly any alpha gives a finite bound; no rows that can be counted are no information', () => {
  const early = { fraction: 0.001, information: 5 };
  for (const bound of boundsOf([early, { fraction: 1, information: 9 }])) expect(Number.isFinite(bound)).toBe(true);
  for (const information of [Number.NaN, Infinity, -1])
    expect(spendingBounds({ alpha: 0.05, looks: [{ fraction: 1, information }] })[0]!.status).toBe('no-information');
  expect(spendingBounds({ alpha: 0.05, looks: [] })).toEqual([]);
});

test.each<[string, Partial<Record<keyof SpendingPlan, unknown>>]>([
  ['looks[0].fraction is NaN', { looks: [{ fraction: Number.NaN, information: 5 }] }],
  ['looks[0].smallestArm is 1.5', { looks: [{ fraction: 1, information: 5, smallestArm: 1.5 }] }],
  ['alpha is 0', { alpha: 0 }],
  ['alpha is 1', { alpha: 1 }],
  ['alpha is NaN', { alpha: Number.NaN }],
  ['sides is 3', { sides: 3 }],
  ['spending is "haybittle"', { spending: 'haybittle' }],
  ['minimumPerArm is -1', { minimumPerArm: -1 }],
])('%s', (message, change) => {
  expect(() => spendingBounds({ alpha: 0.05, looks: even(2), ...change } as SpendingPlan)).toThrow(message);
});

test('eight looks at nothing alarm in one of twenty, a fixed 1.96 far more often', () => {
  const random = seeded(5);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const bounds = boundsOf(even(8));
  const trials = 20_000;
  let [ours, naive] = [0, 0];
  for (let trial = 0; trial < trials; trial += 1) {
    let sum = 0;
    let [crossed, crossedNaive] = [false, false];
    for (let k = 1; k <= 8; k += 1) {
      sum += normal();
      const z = Math.abs(sum / Math.sqrt(k));
      crossed ||= z >= bounds[k - 1]!;
      crossedNaive ||= z >= 1.96;
    }
    ours += Number(crossed);
    naive += Number(crossedNaive);
  }
  // Four standard errors of a share of .05 in 20 000 trials are .006.
  expect(Math.abs(ours / trials - 0.05)).toBeLessThan(0.006);
  expect(naive / trials).toBeGreaterThan(0.15);
});
