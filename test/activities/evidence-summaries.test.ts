import fc from 'fast-check';
import { RowEvidence } from '../../activities/evidence-rows';
import { SummaryEvidence, summaryQuery, summarySettings } from '../../activities/evidence-summaries';
import type { FrozenReference } from '../../activities/evidence';
import { METRIC_NAMES, METRICS } from '../../src/contracts';
import type { DriftPolicy, MetricValue, TaskKind } from '../../src/contracts';
import { featureReference } from '../../src/statistics';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { hour } from '../support/rows';
import { streams, told } from '../support/summary-rows';
import type { Told } from '../support/summary-rows';

jest.setTimeout(200_000);

let opened: TestStores;
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const policy: DriftPolicy = {
  mode: 'default',
  alpha: 0.05,
  adjustment: 'benjamini-hochberg',
  flags: 2,
  of: 2,
  features: {},
  ignore: [],
  prediction: true,
  score: true,
  season: 'none',
};
const planOf = (task: TaskKind) => ({ task, rankingDepth: 2, segments: { keys: ['country', 'n'] }, drift: policy });

async function both(
  task: TaskKind,
  rows: readonly Told[],
  window: { from: string; to: string; asOf: string; version?: number },
) {
  const target = { model: `m${(counter += 1)}`, environment: 'production' };
  const plan = planOf(task);
  await opened.stores.predictions.log(
    target,
    rows.map(({ prediction }) => prediction),
  );
  await opened.stores.outcomes.log(
    target,
    rows.flatMap(({ outcomes }) => outcomes),
  );
  await opened.stores.summaries.fold(target, summarySettings(plan));
  const { from, to, asOf, version } = window;
  const versions = version === undefined ? {} : { versions: [version] };
  const read = await opened.stores.rows.read({ target, from, to, asOf, servedOnly: true, features: true, ...versions });
  const query = summaryQuery(plan, { phase: 'judge', ...window });
  const summary = await opened.stores.summaries.read(target, summarySettings(plan), query);
  return [new RowEvidence(plan, window, read), new SummaryEvidence(window, summary)] as const;
}

/** Doubles summed in another way differ in the last digits. */
const DIGITS = 1e-9;

function expectSame(name: string, summed: MetricValue, exact: MetricValue): void {
  expect([name, summed.n, summed.value === null]).toEqual([name, exact.n, exact.value === null]);
  if (exact.value === null) return;
  const near = DIGITS * Math.max(1, Math.abs(exact.value));
  expect(Math.abs(summed.value! - exact.value)).toBeLessThanOrEqual(summed.errorBound + near);
  // Scores that share one bin are equal to those who see bins.
  if (summed.errorBound === 0) expect([name, summed.low === null]).toEqual([name, exact.low === null]);
  const ends = (value: MetricValue) => [value.low, value.high].map((end) => end ?? 0);
  if (summed.errorBound === 0)
    ends(exact).forEach((end, k) =>
      expect(Math.abs(ends(summed)[k]! - end)).toBeLessThan(1e-6 * Math.max(1, Math.abs(end))),
    );
}

test.each<TaskKind>(['binary', 'regression', 'ranking'])(
  'every metric of %s rows, of all and of each slice, is the same from summaries, for any window and time',
  async (task) => {
    const names = METRIC_NAMES.filter((name) => METRICS[name].task === task);
    const exactOnes = names.filter((name) => name !== 'auroc' && name !== 'averagePrecision');
    await fc.assert(
      fc.asyncProperty(
        streams(task, 15, 45),
        fc.noBias(fc.tuple(fc.nat({ max: 5 * 60 }), fc.nat({ max: 20 * 60 }), fc.nat({ max: 80 }), fc.nat({ max: 3 }))),
        async (rows, [start, length, known, oneVersion]) => {
          const minute = (k: number) => new Date(Date.parse(hour(0)) + k * 60_000).toISOString();
          const window = {
            from: minute(start),
            to: minute(start + length + 1),
            asOf: hour(known),
            ...(oneVersion === 0 ? { version: 1 } : {}),
          };
          const [exact, summed] = await both(task, rows, window);
          expect([summed.served, summed.n, summed.cells]).toEqual([exact.served, exact.n, exact.cells]);
          expect(summed.slices()).toEqual(exact.slices());
          for (const slice of [undefined, ...exact.slices().map((part) => part.slice)]) {
            const [values, truth] = [summed.metrics(names, { slice }), exact.metrics(names, { slice })];
            for (const name of names) expectSame(name, values[name]!, truth[name]!);
            for (const name of exactOnes) expect([name, values[name]!.errorBound]).toEqual([name, 0]);
          }
          const { auroc: _a, logLoss, ...performance } = summed.performance;
          const { auroc: _b, logLoss: truth, ...counts } = exact.performance;
          if (exact.cells === null || exact.n === exact.cells.tn + exact.cells.tp + exact.cells.fn + exact.cells.fp)
            expect([performance, logLoss]).toEqual([counts, truth]);
        },
      ),
      { numRuns: 25, seed: 11, endOnFailure: true },
    );
  },
);

test('numbers at the ends of the range leave the same metrics undefined as their rows do', async () => {
  const sizes = [1e-200, 1e40, 1e100, 1e160, 1e300, 1.7e308];
  for (const size of sizes) {
    const rows = Array.from({ length: 6 }, (_, k): Told => {
      const { prediction, outcomes } = told('regression', k, [0.5, 0.25, 0.125], 1);
      const value = size * (1 - k / 7);
      return { prediction: { ...prediction, prediction: -value / 3 }, outcomes: [{ ...outcomes[0]!, value }] };
    });
    const [exact, summed] = await both('regression', rows, { from: hour(0), to: hour(100), asOf: hour(900) });
    const names = ['mae', 'mape', 'rmse'] as const;
    const [values, truth] = [summed.metrics(names), exact.metrics(names)];
    for (const name of names) expectSame(`${name} of ${size}`, values[name]!, truth[name]!);
  }
});

const spread = (n: number): Told[] =>
  Array.from({ length: n }, (_, k) =>
    told('binary', k % 50_000, [(k * 0.618034) % 1, (k * 0.414214) % 1, (k * 0.732051) % 1], 2),
  );

function referenceOf(rows: readonly Told[], shift: number): FrozenReference {
  const column = (of: (row: Told) => unknown) => rows.map(of) as (number | null)[];
  const features = [
    featureReference(
      'x',
      column(({ prediction }) => (prediction.features.x as number) + shift),
    ),
    featureReference(
      'n',
      column(({ prediction }) => prediction.features.n),
    ),
    featureReference(
      'flag',
      column(({ prediction }) => Number(prediction.features.flag)),
    ),
    featureReference(
      'country',
      column(({ prediction }) => prediction.features.country),
      { kind: 'categorical' },
    ),
  ];
  const prediction = featureReference(
    'prediction',
    column((row) => String(row.prediction.prediction)),
    { kind: 'categorical' },
  );
  const score = featureReference(
    'score',
    column((row) => row.prediction.score),
  );
  return { name: 'r', seasons: new Map([['', { rows: rows.length, features, prediction, score }]]) };
}

test.each([0, 7])('drift against a reference moved by %d lies within its bound of that of the rows', async (shift) => {
  const rows = spread(1_500);
  const window = { from: hour(0), to: hour(2_000), asOf: hour(9_000) };
  const [exact, summed] = await both('binary', rows, window);
  const reference = referenceOf(
    rows.filter((_, k) => k % 2 === 0),
    shift,
  );
  const truth = new Map(exact.drift(reference, policy).map((each) => [`${each.of}${each.feature}${each.kind}`, each]));
  const found = summed.drift(reference, policy);
  expect(found.map((each) => `${each.of}${each.feature}${each.kind}`).sort()).toEqual([...truth.keys()].sort());
  for (const each of found) {
    const row = truth.get(`${each.of}${each.feature}${each.kind}`)!;
    expect([each.feature, each.status, each.n, each.method?.split(',')[0]]).toEqual([
      row.feature,
      row.status,
      row.n,
      row.method?.split(',')[0],
    ]);
    if (each.status !== 'ok') continue;
    expect(Math.abs(each.statistic! - row.statistic!)).toBeLessThanOrEqual(each.errorBound! + 1e-9);
    expect([each.feature, each.flagged]).toEqual([row.feature, row.flagged]);
    // Whole numbers, classes and texts are counted one by one: nothing is lost of them.
    if (!['x', 'score'].includes(each.feature)) expect([each.feature, each.errorBound]).toEqual([each.feature, 0]);
    else expect(each.errorBound).toBeLessThan(0.05);
  }
});

test('scores for the estimate keep count, class and label, and lie within half a bin', async () => {
  const [exact, summed] = await both('binary', spread(400), { from: hour(0), to: hour(2_000), asOf: hour(300) });
  const sorted = (rows: NonNullable<ReturnType<typeof exact.scores>>) =>
    Array.from(rows.scores, (score, k) => [rows.predictions[k]!, rows.labels[k]!, score] as const).sort(
      (a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2],
    );
  const [truth, bins] = [sorted(exact.scores()!), sorted(summed.scores()!)];
  expect(bins.map(([prediction, label]) => [prediction, label])).toEqual(
    truth.map(([prediction, label]) => [prediction, label]),
  );
  truth.forEach(([, , score], k) => expect(Math.abs(bins[k]![2] - score)).toBeLessThanOrEqual(0.5 / 1_024 + 1e-12));
});
