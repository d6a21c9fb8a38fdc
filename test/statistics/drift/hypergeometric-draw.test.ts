import { chiSquare, logGamma } from '../../../src/statistics';
import { hypergeometricDraw } from '../../../src/statistics/drift/hypergeometric-draw';
import { RandomStream } from '../../../src/statistics/random-stream';

const logFactorial = (k: number) => logGamma(k + 1);
const logChoose = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

test.each([
  // [marked, others, drawn]: urn, its mirror images, ratio of uniforms, beyond the table of factorials
  [5, 10, 6],
  [300, 700, 3],
  [700, 300, 900],
  [30, 70, 40],
  [140, 6_860, 2_000],
  [60_000, 40_000, 50_000],
  [200_000, 300_000, 1_000],
])('%d marked of %d more, %d drawn, follow the hypergeometric law', (good, bad, draws) => {
  const random = new RandomStream(1);
  const repetitions = 40_000;
  const found = new Map<number, number>();
  for (let k = 0; k < repetitions; k += 1) {
    const hits = hypergeometricDraw(random, good, bad, draws);
    found.set(hits, (found.get(hits) ?? 0) + 1);
  }
  let [statistic, cells, observed, expected] = [0, 0, 0, 0];
  for (let hits = Math.max(0, draws - bad); hits <= Math.min(good, draws); hits += 1) {
    observed += found.get(hits) ?? 0;
    found.delete(hits);
    expected +=
      repetitions * Math.exp(logChoose(good, hits) + logChoose(bad, draws - hits) - logChoose(good + bad, draws));
    if (expected < 10) continue;
    statistic += (observed - expected) ** 2 / expected;
    [cells, observed, expected] = [cells + 1, 0, 0];
  }
  expect(found.size).toBe(0);
  expect(chiSquare(cells - 1).survival(statistic)).toBeGreaterThan(0.001);
});

test('the ends of the law', () => {
  const random = new RandomStream(1);
  expect(hypergeometricDraw(random, 0, 5, 3)).toBe(0);
  expect(hypergeometricDraw(random, 5, 0, 3)).toBe(3);
  expect(hypergeometricDraw(random, 5, 7, 0)).toBe(0);
  expect(hypergeometricDraw(random, 5, 7, 12)).toBe(5);
});

test('a seed gives the same numbers, another seed others, none of them 0 or 1', () => {
  const of = (seed: number) => {
    const random = new RandomStream(seed);
    return Array.from({ length: 1_000 }, () => random.next());
  };
  expect(of(7)).toEqual(of(7));
  expect(of(7)).not.toEqual(of(8));
  // The upper word of a seed counts too.
  expect(of(7)).not.toEqual(of(7 + 2 ** 32));
  expect(Math.min(...of(0))).toBeGreaterThan(0);
  expect(Math.max(...of(0))).toBeLessThan(1);
  expect(of(0).reduce((sum, value) => sum + value, 0) / 1_000).toBeCloseTo(0.5, 1);
});
