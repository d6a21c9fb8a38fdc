import fc from 'fast-check';
import { seeded } from '../../../src/cli/random';
import { adjustedMeanOf, meanOf, ratioOf, sumByArm } from '../../../src/statistics/experiments';
import type { MetricSums } from '../../../src/statistics/experiments';

/** Rows of some arms with three kinds of metrics; a share of the values is missing. */
function table(rows: number, arms: number, missing: number, shift = 0, seed = 3) {
  const random = seeded(seed);
  const column = (make: () => number) =>
    Float64Array.from({ length: rows }, () =>
      random() < missing ? [NaN, Infinity, -Infinity][Math.floor(random() * 3)]! : make(),
    );
  return {
    arm: Uint8Array.from({ length: rows }, () => Math.floor(random() * arms)),
    y: column(() => shift + random() * 7),
    x: column(() => shift + random() * 3),
  };
}

function expectClose(found: MetricSums, expected: MetricSums, digits = 9): void {
  for (const [key, value] of Object.entries(expected)) {
    const other = (found as unknown as Record<string, unknown>)[key];
    if (typeof value === 'number')
      expect(Math.abs((other as number) - value)).toBeLessThanOrEqual(10 ** -digits * Math.max(1, Math.abs(value)));
    else expect(other).toBe(value);
  }
}

test.each([
  [2, 0, 30_000],
  [2, 0.01, 30_000],
  [2, 0.9, 5_000],
  [3, 0, 20_000],
  [7, 0.001, 20_000],
  [256, 0.1, 6_000],
  [1, 0, 10],
])('%i arms, %d missing: the sums are those of each arm by itself', (arms, missing, rows) => {
  const { arm, x, y } = table(rows, arms, missing);
  const found = sumByArm({
    arm,
    arms,
    metrics: [{ metric: y }, { metric: y, covariate: x }, { numerator: y, denominator: x }],
  });
  expect(found.map((metric) => metric.length)).toEqual([arms, arms, arms]);
  for (let code = 0; code < arms; code += 1) {
    const mine = (values: Float64Array) => values.filter((_, row) => arm[row] === code);
    expectClose(found[0]![code]!, meanOf(mine(y)));
    expectClose(found[1]![code]!, adjustedMeanOf(mine(y), mine(x)));
    expectClose(found[2]![code]!, ratioOf(mine(y), mine(x)));
  }
});

test('a mean that dwarfs the spread costs no digits of the spread', () => {
  const { arm, x, y } = table(40_000, 2, 0, 2 ** 33);
  const [found] = sumByArm({ arm, arms: 2, metrics: [{ metric: y, covariate: x }] });
  for (const code of [0, 1]) {
    const mine = (values: Float64Array) => values.filter((_, row) => arm[row] === code);
    expectClose(found![code]!, adjustedMeanOf(mine(y), mine(x)), 10);
  }
});

test('arms that come one after the other, with means far apart, are summed as well', () => {
  const rows = 20_000;
  const arm = Uint8Array.from({ length: rows }, (_, row) => (row < rows / 2 ? 0 : 1));
  const metric = Float64Array.from({ length: rows }, (_, row) => (row < 5_000 ? 0 : 1e6) + (row % 3));
  const [found] = sumByArm({ arm, arms: 2, metrics: [{ metric }] });
  expectClose(found![0]!, meanOf(metric.subarray(0, rows / 2)), 12);
  expectClose(found![1]!, meanOf(metric.subarray(rows / 2)), 12);
});

test('an order of rows does not matter', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), fc.integer({ min: -99, max: 99 })), { maxLength: 60 }), (pairs) => {
      const sums = (rows: typeof pairs) =>
        sumByArm({
          arm: Uint8Array.from(rows, ([code]) => code),
          arms: 3,
          metrics: [{ metric: Float64Array.from(rows, ([, value]) => value) }],
        })[0]!;
      const [there, back] = [sums(pairs), sums([...pairs].reverse())];
      there.forEach((metric, code) => expectClose(back[code]!, metric, 9));
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('no rows are no units, values beyond a double no spread', () => {
  const none = sumByArm({ arm: new Uint8Array(0), arms: 2, metrics: [{ metric: new Float64Array(0) }] });
  expect(none[0]).toEqual([0, 1].map(() => ({ kind: 'mean', n: 0, mean: 0, m2: 0, dropped: 0 })));
  const huge = sumByArm({ arm: Uint8Array.of(0, 0), arms: 1, metrics: [{ metric: Float64Array.of(1e300, -1e300) }] });
  expect(huge[0]![0]).toEqual({ kind: 'mean', n: 2, mean: 0, m2: null, dropped: 0 });
});

test('columns that do not fit are refused by name', () => {
  const metric = Float64Array.of(1, 2);
  const good = { arm: Uint8Array.of(0, 1), arms: 2, metrics: [{ metric }] };
  expect(() => sumByArm({ ...good, arm: Uint8Array.of(0, 2) })).toThrow('arm[1] is 2: expected a code below arms, 2');
  expect(() => sumByArm({ ...good, arm: Uint8Array.of(3, 1) })).toThrow('arm[0] is 3');
  expect(() => sumByArm({ ...good, arms: 3, arm: Uint8Array.of(0, 9) })).toThrow('arm[1] is 9');
  expect(() => sumByArm({ ...good, arms: 0 })).toThrow('arms is 0');
  expect(() => sumByArm({ ...good, arms: 257 })).toThrow('arms is 257');
  expect(() => sumByArm({ ...good, arm: [0, 1] as never })).toThrow('arm is no Uint8Array');
  expect(() => sumByArm({ ...good, metrics: [{ metric: [1, 2] as never }] })).toThrow(
    'metrics[0].metric is no Float64Array',
  );
  expect(() => sumByArm({ ...good, metrics: [{ metric: Float64Array.of(1) }] })).toThrow(
    'metrics[0].metric has 1 values',
  );
  expect(() => sumByArm({ ...good, metrics: [{ metric, covariate: Float64Array.of(1) }] })).toThrow(
    'metrics[0].covariate has 1',
  );
});
