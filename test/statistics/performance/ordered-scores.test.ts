import fc from 'fast-check';
import { orderedScores } from '../../../src/statistics/performance/ordered-scores';
import type { ScoreSteps } from '../../../src/statistics/performance/ordered-scores';
import { seeded } from '../../support/streams';
import { draw, hardLaws } from '../drift/hard-samples';

/** What is in use of the steps. */
function used({ size, values, positives, negatives }: ScoreSteps) {
  return [values, positives, negatives].map((column) => Array.from(column.subarray(0, size), (value) => value + 0));
}

/** Counted in a map. */
function counted(labels: Uint8Array, scores: Float64Array): number[][] {
  const counts = new Map<number, [number, number]>();
  scores.forEach((score, row) => {
    const [ones, zeros] = counts.get(score + 0) ?? [0, 0];
    counts.set(score + 0, labels[row] === 1 ? [ones + 1, zeros] : [ones, zeros + 1]);
  });
  const steps = [...counts].sort(([a], [b]) => a - b);
  return [steps.map(([score]) => score), steps.map(([, [ones]]) => ones), steps.map(([, [, zeros]]) => zeros)];
}

test.each(Object.entries(hardLaws(21)))('distinct scores in order with their classes: %s', (_, law) => {
  const random = seeded(22);
  for (const size of [1, 40, 41, 700, 9_000]) {
    const scores = draw(law, size);
    const labels = Uint8Array.from(scores, () => (random() < 0.3 ? 1 : 0));
    const before = [labels.slice(), scores.slice()];
    expect(used(orderedScores(labels, scores))).toEqual(counted(labels, scores));
    expect([labels, scores]).toEqual(before);
  }
});

test('any scores, in any order', () => {
  const value = fc.oneof(fc.constantFrom(0, -0, 1, 5e-324), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const rows = fc.array(fc.tuple(fc.constantFrom(0, 1), value), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(rows, (pairs) => {
      const labels = Uint8Array.from(pairs, ([label]) => label);
      const scores = Float64Array.from(pairs, ([, score]) => score);
      expect(used(orderedScores(labels, scores))).toEqual(counted(labels, scores));
    }),
    { seed: 1, numRuns: 300 },
  );
});
