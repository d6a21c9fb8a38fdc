import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { Judging, many, uniform } from '../support/judging';

let opened: TestStores;
let counter = 0;
const fresh = () => new Judging(opened, `m${(counter += 1)}`);
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

/** Rows whose label comes true with the probability that `truth` makes of the score. */
function scored(seed: number, truth: (score: number) => number, n = 1_000) {
  const next = uniform(seed);
  return many(n, () => {
    const score = next();
    const label = next() < truth(score) ? (1 as const) : (0 as const);
    return { score, prediction: score >= 0.5 ? 1 : 0, outcome: { label } };
  });
}

const calibrated = (score: number) => score;
const ESTIMATING = { estimate: true, drift: { mode: 'off' } } as const;

test('an estimate before labels that comes true is consistent', async () => {
  const judging = fresh();
  await judging.serveDays(0, 10, (day) => scored(day, calibrated, 200));
  await judging.serve(10, scored(99, calibrated));
  const spec = judging.spec(ESTIMATING);
  const before = await judging.judge(spec, 10, 'traffic');
  expect(before).toMatchObject({ phase: 'traffic', served: 1_000, n: 0, metrics: {} });
  expect(before.estimate).toMatchObject({ n: 1_000, reason: null });
  const { accuracy, auroc } = before.estimate!.metrics;
  // Scores spread evenly and true to their word: three of four are right, and 5 in 6 pairs are in order.
  expect(accuracy!.value).toBeCloseTo(0.75, 1);
  expect(auroc!.value).toBeCloseTo(5 / 6, 1);
  expect(accuracy!.low!).toBeLessThan(0.75);
  expect(accuracy!.high!).toBeGreaterThan(0.75);
  const after = await judging.judge(spec, 10);
  expect(after).toMatchObject({ n: 1_000, reconciliation: { verdict: 'consistent' } });
  expect(after.metrics.accuracy!.value).toBeGreaterThan(accuracy!.low!);
  expect(after.metrics.accuracy!.value).toBeLessThan(accuracy!.high!);
});

test('labels that contradict it say that scores do not mean any more what they meant', async () => {
  const judging = fresh();
  await judging.serveDays(0, 10, (day) => scored(day, calibrated, 200));
  await judging.serve(
    10,
    scored(99, (score) => 0.75 * score),
  );
  const spec = judging.spec(ESTIMATING);
  await judging.judge(spec, 10, 'traffic');
  const { reconciliation } = await judging.judge(spec, 10);
  expect(reconciliation).toMatchObject({ verdict: 'concept-drift-suspected' });
  expect(reconciliation!.reason).toContain('precision');
});

test('scores that are too sure are calibrated by the baseline first', async () => {
  const judging = fresh();
  const shy = (score: number) => 0.25 + score / 2;
  await judging.serveDays(0, 10, (day) => scored(day, shy, 200));
  await judging.serve(10, scored(99, shy));
  const spec = judging.spec(ESTIMATING);
  const { estimate } = await judging.judge(spec, 10, 'traffic');
  expect(estimate!.metrics.accuracy!.value).toBeCloseTo(0.625, 1);
  expect((await judging.judge(spec, 10)).reconciliation).toMatchObject({ verdict: 'consistent' });
});

test('without a baseline, scores or labels there is none, and it says why', async () => {
  const judging = fresh();
  await judging.serveDays(0, 10, (day) => scored(day, calibrated, 5));
  await judging.serve(
    10,
    many(30, () => ({ score: null, prediction: 1, outcome: { label: 1 as const } })),
  );
  const spec = judging.spec({ ...ESTIMATING, labelMaturity: '2d' });
  const early = await judging.activities.judgeWindows({
    spec,
    at: spec.baseline.to,
    windows: [{ phase: 'traffic', ...spec.baseline, asOf: spec.baseline.to }],
  });
  expect(early.windows[0]!.estimate!.reason).toContain('the baseline’s labels are mature at'.replace('’', "'"));
  expect(early.windows[0]!.expectedServed).toBeNull();
  const few = judging.spec(ESTIMATING);
  expect((await judging.judge(few, 10, 'traffic')).estimate!.reason).toMatch(/^the baseline: \d+ rows have label 0/);
  expect((await judging.judge(few, 10)).reconciliation).toBeNull();
  const enough = fresh();
  await enough.serveDays(0, 10, (day) => scored(day, calibrated, 50));
  await enough.serve(
    10,
    many(30, () => ({ score: null, prediction: 1 })),
  );
  expect((await enough.judge(enough.spec(ESTIMATING), 10, 'traffic')).estimate!.reason).toBe(
    'no row of the window has a score',
  );
});
