import { spendingBounds } from '../../src/statistics';
import { seeded } from '../support/streams';
import { casesOf, expectClose } from '../support/vectors';

const boundsOf = (looks: { fraction: number; information: number }[], alpha = 0.05) =>
  spendingBounds({ alpha, looks }).map((look) => (look.status === 'ok' ? look.bound : null));
const even = (k: number) =>
  Array.from({ length: k }, (_, index) => ({ fraction: (index + 1) / k, information: (index + 1) * 100 }));

const cases = casesOf('sequential', 'alphaSpendingBounds').filter(
  ([, { args }]) => args.spending.endsWith('OBF') && args.sides === 2,
);

test('the vectors have cases of this design', () => expect(cases.length).toBeGreaterThan(0));

test.each(cases)('matches the published recursion: %s', (_, entry) => {
  const fractions = entry.input.informationFractions as number[];
  const found = boundsOf(
    fractions.map((fraction) => ({ fraction, information: fraction * 1_000 })),
    entry.args.alpha,
  );
  found.forEach((bound, index) => expectClose(bound!, entry.expected.zBounds[index], entry));
});

test('five and eight even looks', () => {
  expect(boundsOf(even(5)).map((bound) => bound!.toFixed(2))).toEqual(['4.88', '3.36', '2.68', '2.29', '2.03']);
  expect(boundsOf(even(8)).map((bound) => bound!.toFixed(2))).toEqual([
    '6.23',
    '4.33',
    '3.48',
    '2.98',
    '2.64',
    '2.40',
    '2.21',
    '2.07',
  ]);
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
  for (const look of found) if (look.status === 'ok') expect(look.bound).toBeGreaterThan(1.9);
});

test.each([
  // Composite Gauss-Legendre on panels no wider than the increment.
  [7_000, 5, 2.6084, 2.4501],
  [1_000, 1, 2.60843, 2.44999],
])('of %d rows, a fifth look with %d more has the bound of a finer integration', (rows, more, fifth, sixth) => {
  const looks = Array.from({ length: 8 }, (_, k) => ({ fraction: (k + 1) / 8, information: (rows * (k + 1)) / 8 }));
  looks[4] = { fraction: 5 / 8, information: rows / 2 + more };
  const found = boundsOf(looks);
  expect(found[4]).toBeCloseTo(fifth, 3);
  expect(found[5]).toBeCloseTo(sixth, 3);
});

test('hardly any alpha gives a finite bound; no rows that can be counted are no information', () => {
  const early = { fraction: 0.001, information: 5 };
  for (const look of spendingBounds({ alpha: 0.05, looks: [early, { fraction: 1, information: 9 }] })) {
    if (look.status !== 'ok') throw new Error(look.status);
    expect(Number.isFinite(look.bound)).toBe(true);
  }
  expect(spendingBounds({ alpha: 0.05, looks: [{ fraction: 1, information: Number.NaN }] })).toEqual([
    { status: 'no-information' },
  ]);
  expect(() => spendingBounds({ alpha: 0.05, looks: [{ fraction: Number.NaN, information: 5 }] })).toThrow('NaN');
  expect(() => spendingBounds({ alpha: 0, looks: [early] })).toThrow('alpha is 0');
});

test('what is spent stays spent and ends at alpha', () => {
  const spent = spendingBounds({ alpha: 0.05, looks: even(6) }).map((look) => (look.status === 'ok' ? look.spent : 0));
  expect([...spent].sort((a, b) => a - b)).toEqual(spent);
  expect(spent.at(-1)).toBeCloseTo(0.05, 10);
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
