/** The tools of `npm run calibration`: what they draw is what they say, and rates outside their limits are found. */
import { aa } from '../../scripts/calibration/aa';
import { table, withSection } from '../../scripts/calibration/document';
import { failuresOf } from '../../scripts/calibration/part';
import type { Cell, Part } from '../../scripts/calibration/part';
import { partOf } from '../../scripts/calibration/parts';
import { randomOf } from '../../scripts/calibration/random';
import { rowsOf } from '../../scripts/calibration/run';
import { binomial, chiSquare, normalQuantile } from '../../src/statistics';

/** p of Pearson's χ² of counts against shares. */
function fit(counts: readonly number[], shares: readonly number[]): number {
  const n = counts.reduce((sum, count) => sum + count, 0);
  const statistic = counts.reduce((sum, count, k) => sum + (count - n * shares[k]!) ** 2 / (n * shares[k]!), 0);
  return chiSquare(counts.length - 1).survival(statistic);
}

describe('random', () => {
  test.each([
    [30, 0.05],
    [2_000, 0.5],
    [1_000, 0.05],
    [60, 0.7],
  ])('binomial %d, %d has its own distribution', (n, p) => {
    const random = randomOf(`test/${n}/${p}`);
    const law = binomial(n, p);
    // Ten parts at the quantiles; a mean far off or a wrong tail shows in one of them.
    const ends = [...new Set([0.001, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.999].map((share) => law.quantile(share)))];
    const shares = [...ends, n].map((end, k) => law.cdf(end) - (k === 0 ? 0 : law.cdf(ends[k - 1]!)));
    const counts = shares.map(() => 0);
    for (let draw = 0; draw < 50_000; draw += 1) {
      const value = random.binomial(n, p);
      const place = ends.findIndex((end) => value <= end);
      counts[place === -1 ? ends.length : place]! += 1;
    }
    expect(fit(counts, shares)).toBeGreaterThan(0.001);
  });

  test('normal draws fill the hundredths of the normal distribution evenly', () => {
    const random = randomOf('test/normal');
    const ends = Float64Array.from({ length: 99 }, (_, k) => normalQuantile((k + 1) / 100));
    const counts = Array.from({ length: 100 }, () => 0);
    for (let draw = 0; draw < 100_000; draw += 1) {
      const value = random.normal();
      const place = ends.findIndex((end) => value <= end);
      counts[place === -1 ? 99 : place]! += 1;
    }
    expect(
      fit(
        counts,
        counts.map(() => 0.01),
      ),
    ).toBeGreaterThan(0.001);
  });

  test('a name has one stream, and names that differ in a letter have two', () => {
    const draws = (name: string) => {
      const random = randomOf(name);
      return Array.from({ length: 100 }, () => random.uint32());
    };
    expect(draws('aa/conversion/1')).toEqual(draws('aa/conversion/1'));
    expect(new Set([...draws('aa/conversion/1'), ...draws('aa/conversion/2')]).size).toBeGreaterThan(195);
    expect(randomOf('test').binomial(0, 0.5)).toBe(0);
    expect(randomOf('test').binomial(7, 1)).toBe(7);
  });
});

test('a table is the same however many threads share the work', async () => {
  const rows = (workers: number) => rowsOf(partOf('aa'), { small: true, repetitions: 260, workers });
  const shared = await rows(2);
  expect(await rows(1)).toEqual(shared);
  expect(shared[0]!.counts.naive).toBeGreaterThan(260 * 0.15);
  expect(aa.render(shared as never)).toContain('260 repetitions');
});

test('a rate outside its limit by more than chance is a failure', () => {
  const part = { name: 'p', limits: () => ({ x: { from: 0.04, to: 0.055 } }) } as unknown as Part<Cell>;
  const failures = (x: number) =>
    failuresOf(part, [{ cell: { key: 'c', repetitions: 1 }, repetitions: 4_000, counts: { x } }]);
  // 3.5 standard errors are .0126 above and .0108 below.
  expect(failures(270)).toEqual([]);
  expect(failures(117)).toEqual([]);
  expect(failures(271)).toEqual(['p, c: x alarmed in 6.78 %, expected 4.00 % to 5.50 %']);
  expect(failures(116)).toHaveLength(1);
});

test('one section is rewritten without the others', () => {
  const both = withSection(withSection(null, 'aa', 'old'), 'drift', 'kept');
  const after = withSection(both, 'aa', 'new');
  expect(after).toBe(both.replace('old', 'new'));
  expect(after.startsWith('# Calibration')).toBe(true);
  expect(table(['a', 'b'], [['x', '1']])).toBe('| a   |   b |\n| --- | --: |\n| x   |   1 |');
});
