import { areaDifference, areaUnderRoc, pairedAreaDifference } from '../../../src/statistics';
import { seeded } from '../../support/streams';

/** DeLong's covariance of two areas by every pair of rows, as in the paper. */
function byPairs(labels: readonly number[], first: readonly number[], second: readonly number[]) {
  const [ones, zeros] = [1, 0].map((label) => labels.flatMap((each, row) => (each === label ? [row] : [])));
  const wins = (scores: readonly number[], one: number, zero: number) =>
    scores[one]! > scores[zero]! ? 1 : scores[one] === scores[zero] ? 0.5 : 0;
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const v10 = [first, second].map((scores) => ones!.map((one) => mean(zeros!.map((zero) => wins(scores, one, zero)))));
  const v01 = [first, second].map((scores) => zeros!.map((zero) => mean(ones!.map((one) => wins(scores, one, zero)))));
  const covariance = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, k) => sum + (value - mean(a)) * (b[k]! - mean(b)), 0) / (a.length - 1) / a.length;
  const s = (i: number, j: number) => covariance(v10[i]!, v10[j]!) + covariance(v01[i]!, v01[j]!);
  return { value: mean(v10[1]!) - mean(v10[0]!), standardError: Math.sqrt(s(0, 0) + s(1, 1) - 2 * s(0, 1)) };
}

/** Rows whose scores follow the label, more or less, on a coarse scale so that there are ties. */
function sample(n: number, seed: number) {
  const random = seeded(seed);
  const labels = Array.from({ length: n }, () => (random() < 0.4 ? 1 : 0));
  const scores = (strength: number) => labels.map((label) => Math.round(10 * (random() + strength * label)) / 10);
  return { labels, strong: scores(0.6), weak: scores(0.2) };
}

test.each([12, 60, 300])('paired: the same as by every pair of %d rows', (n) => {
  const { labels, strong, weak } = sample(n, n);
  const found = pairedAreaDifference(labels, strong, weak)!;
  const expected = byPairs(labels, strong, weak);
  expect(found.value).toBeCloseTo(expected.value, 12);
  expect(found.standardError).toBeCloseTo(expected.standardError, 12);
  const back = pairedAreaDifference(labels, weak, strong)!;
  expect(back.value).toBeCloseTo(-found.value, 12);
  expect(back.pLess).toBeCloseTo(1 - found.pLess, 12);
});

test('on rows of their own the variances add up', () => {
  const { labels, strong, weak } = sample(200, 3);
  const [a, b] = [strong, weak].map((scores) => areaUnderRoc(labels, scores));
  if (a?.status !== 'ok' || b?.status !== 'ok') throw new Error('no area');
  const found = areaDifference({ labels, scores: strong }, { labels, scores: weak })!;
  expect(found.value).toBeCloseTo(b.value - a.value, 12);
  expect(found.standardError).toBeCloseTo(Math.sqrt(a.standardError! ** 2 + b.standardError! ** 2), 12);
  expect(found.pLess).toBeLessThan(0.001);
  expect(areaDifference({ labels, scores: weak }, { labels, scores: strong })!.pLess).toBeGreaterThan(0.999);
});

test('the chance is right about as often as it says when there is no difference', () => {
  const below = { paired: 0, apart: 0 };
  for (let seed = 1; seed <= 1_000; seed += 1) {
    const random = seeded(seed);
    const labels = Array.from({ length: 80 }, (_, row) => row % 2);
    const draw = () => labels.map((label) => random() + 0.3 * label);
    const [first, second] = [draw(), draw()];
    if (pairedAreaDifference(labels, first, second)!.pLess <= 0.05) below.paired += 1;
    if (areaDifference({ labels, scores: first }, { labels, scores: second })!.pLess <= 0.05) below.apart += 1;
  }
  // 50 expected, standard deviation 7.
  for (const count of Object.values(below)) {
    expect(count).toBeGreaterThan(28);
    expect(count).toBeLessThan(75);
  }
});

test('without any spread a worse ranking is as unlikely as its rows', () => {
  const labels = [0, 0, 0, 1, 1, 1];
  const [right, wrong] = [labels, labels.map((label) => 1 - label)];
  const worse = { value: -1, standardError: 0, pLess: 0.125 };
  expect(pairedAreaDifference(labels, right, wrong)).toEqual(worse);
  expect(areaDifference({ labels, scores: right }, { labels, scores: wrong })).toEqual(worse);
  expect(pairedAreaDifference(labels, wrong, right)).toMatchObject({ value: 1, pLess: 1 });
  expect(pairedAreaDifference(labels, right, right)).toMatchObject({ value: 0, pLess: 1 });
});

test('a single row of a class has no difference; what lacks a label or a score is left out', () => {
  expect(pairedAreaDifference([0, 0, 1], [1, 2, 3], [1, 2, 3])).toBeNull();
  expect(
    areaDifference({ labels: [0, 0, 1], scores: [1, 2, 3] }, { labels: [0, 0, 1, 1], scores: [1, 2, 3, 4] }),
  ).toBeNull();
  const { labels, strong, weak } = sample(50, 4);
  const more = pairedAreaDifference([...labels, null, 1, 0], [...strong, 9, NaN, 9], [...weak, 9, 9, null]);
  expect(more).toEqual(pairedAreaDifference(labels, strong, weak));
  expect(() => pairedAreaDifference([0, 2], [1, 1], [1, 1])).toThrow(RangeError);
  expect(() => pairedAreaDifference([0, 1], [1, 1], [1])).toThrow('expected one length');
});
