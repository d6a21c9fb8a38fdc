import fc from 'fast-check';
import { seeded } from '../../../src/cli/random';
import { mannWhitney } from '../../../src/statistics/experiments';
import { exactLogP } from '../../../src/statistics/experiments/mann-whitney-exact';
import { ok, unsound } from './samples';

test('ranks by hand', () => {
  const found = ok(mannWhitney([1, 2, 3], [4, 5, 6]));
  expect(found).toMatchObject({ u: [0, 9], statistic: 9, method: 'Mann-Whitney U, p exact', n: [3, 3] });
  expect(found.pValue).toBeCloseTo(0.1, 12);
  const tied = ok(mannWhitney([1, 2, 2], [2, 3]));
  // 2 beats 1, ties 2 and 2; 3 beats all.
  expect(tied).toMatchObject({ u: [1, 5], effect: { value: 5 / 6 }, method: 'Mann-Whitney U, p asymptotic' });
});

/** How many arrangements of n among n + m have each U, in whole numbers. */
function arrangements(n: number, m: number): bigint[] {
  let table: bigint[][] = Array.from({ length: m + 1 }, () => [1n]);
  for (let i = 1; i <= n; i += 1) {
    const next: bigint[][] = [[1n]];
    for (let j = 1; j <= m; j += 1) {
      const counts = new Array<bigint>(i * j + 1).fill(0n);
      table[j]!.forEach((count, u) => (counts[u + j] = counts[u + j]! + count));
      next[j - 1]!.forEach((count, u) => (counts[u] = counts[u]! + count));
      next.push(counts);
    }
    table = next;
  }
  return table[m]!;
}

test.each([
  [1, 1],
  [1, 9],
  [4, 3],
  [8, 8],
  [7, 40],
  [30, 25],
])('exact p of %i and %i values is that of counting all arrangements', (n, m) => {
  const counts = arrangements(n, m);
  const all = counts.reduce((sum, count) => sum + count, 0n);
  let tail = 0n;
  for (let u = n * m; u >= 0; u -= 1) {
    tail += counts[u]!;
    const expected = Number((tail * 10n ** 30n) / all) / 1e30;
    for (const found of [Math.exp(exactLogP(n, m, u, 1)), Math.exp(exactLogP(m, n, u, 1))])
      expect(Math.abs(found / expected - 1)).toBeLessThan(1e-11);
    if (u >= (n * m) / 2) expect(Math.exp(exactLogP(n, m, u, 2))).toBeCloseTo(Math.min(1, 2 * expected), 11);
  }
});

test('many values: the count is that of pairs, whatever the spread of the values', () => {
  const random = seeded(9);
  for (const make of [
    () => random(),
    () => Math.exp(30 * random()),
    () => Math.floor(20 * random()),
    () => (random() < 0.01 ? 1e300 : random()),
  ]) {
    const [a, b] = [Array.from({ length: 3_000 }, make), Array.from({ length: 2_000 }, make)];
    const sorted = [...a].sort((left, right) => left - right);
    let pairs = 0;
    for (const value of b) {
      let [low, high] = [0, sorted.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (sorted[middle]! < value) low = middle + 1;
        else high = middle;
      }
      let equal = low;
      while (sorted[equal] === value) equal += 1;
      pairs += low + (equal - low) / 2;
    }
    expect(ok(mannWhitney(a, b)).statistic).toBe(pairs);
  }
});

const whole = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 15 });

test('exchanged samples, an order-keeping map and an order of rows change nothing but the side', () => {
  fc.assert(
    fc.property(whole, whole, (a, b) => {
      const there = mannWhitney(a, b);
      const back = mannWhitney(b, a);
      expect(back.status).toBe(there.status);
      if (there.status !== 'ok' || back.status !== 'ok') return;
      expect(back.u).toEqual([there.u[1], there.u[0]]);
      expect(back.pValue).toBeCloseTo(there.pValue, 9);
      expect(mannWhitney([...a].reverse(), b)).toEqual(there);
      const cubed = (values: readonly number[]) => values.map((value) => value ** 3 - 5);
      expect(mannWhitney(cubed(a), cubed(b))).toEqual(there);
      expect(unsound(there)).toEqual([]);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('the interval is that of the probability, within [0, 1], and needs two values a side', () => {
  const { effect } = ok(mannWhitney([1, 3, 5, 7, 9], [2, 4, 6, 8, 20]));
  expect(effect.interval).toMatchObject({ method: 'delong, logit', level: 0.95 });
  expect(effect.interval!.low!).toBeLessThan(effect.value);
  expect(ok(mannWhitney([1, 2, 3], [4, 5, 6])).effect.interval).toEqual({
    low: 0.025 ** (1 / 3),
    high: 1,
    level: 0.95,
    method: 'clopper-pearson',
  });
  expect(ok(mannWhitney([4, 5, 6], [1, 2, 3])).effect.interval).toMatchObject({ low: 0 });
  expect(ok(mannWhitney([2], [1, 3, 4])).notes).toEqual(['one value on a side: no interval']);
  const greater = ok(mannWhitney([1, 3, 5, 7, 9], [2, 4, 6, 8, 20], { alternative: 'greater' }));
  expect(greater.effect.interval).toMatchObject({ high: null });
});

test('auto is exact for few values without ties, and never too costly', () => {
  const long = Float64Array.from({ length: 200_000 }, (_, row) => Math.sin(row) * 1e3 + row / 7);
  expect(ok(mannWhitney([0.5, 1.5], long)).method).toContain('exact');
  expect(ok(mannWhitney(long.subarray(0, 9), long.subarray(9, 30))).method).toContain('asymptotic');
  expect(ok(mannWhitney(long.subarray(0, 9), long.subarray(9, 30), { method: 'exact' })).method).toContain('exact');
  expect(ok(mannWhitney([1, 1], [1, 2], { method: 'exact' })).assumptions).toEqual([
    { name: 'no ties', holds: false, detail: 'ties make p conservative' },
  ]);
  expect(() => mannWhitney(long.subarray(0, 5_000), long, { method: 'exact' })).toThrow(
    'method is "exact" for 5000 and 200000',
  );
});

test('statuses and refusals', () => {
  expect(mannWhitney([], [1]).status).toBe('insufficient-data');
  expect(mannWhitney([NaN, null], [1])).toMatchObject({
    status: 'insufficient-data',
    notes: ['2 missing or infinite values left out'],
  });
  expect(mannWhitney([1, 1], [1]).status).toBe('no-variation');
  expect(() => mannWhitney([1], [2], { alpha: 0 })).toThrow('alpha is 0');
  expect(() => mannWhitney([1], [2], { method: 'quick' as never })).toThrow('method is "quick"');
  expect(() => mannWhitney(['a'] as never, [2])).toThrow('first[0] is "a"');
});
