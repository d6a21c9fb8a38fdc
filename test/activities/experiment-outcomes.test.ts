import { withOutcomes } from '../../activities/experiment-outcomes';
import type { ExperimentDesign, ExperimentSums, OutcomeRow, PredictionRow } from '../../src/contracts';
import type { SumsQuery } from '../../src/stores';
import { designOf } from '../support/design-input';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { experimentSums, shareSums } from '../support/experiment-sums';
import { hour, many, outcome, prediction } from '../support/rows';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const right = {
  name: 'right',
  role: 'success',
  type: 'mean',
  source: { kind: 'outcome', metric: 'accuracy' },
} as const;
const loss = {
  ...right,
  name: 'loss',
  source: { kind: 'outcome', metric: 'logLoss' },
  direction: 'lower-is-better',
} as const;
const label = { ...right, name: 'label', source: { kind: 'outcome', metric: 'label' } } as const;
const orders = {
  name: 'orders',
  role: 'secondary',
  type: 'proportion',
  source: { kind: 'event', event: 'order' },
} as const;

let models = 0;
function design(metrics: Parameters<typeof designOf>[0], window = '1h'): ExperimentDesign {
  const made = designOf({
    model: `m${(models += 1)}`,
    variants: [
      { name: 'old', weight: 0.5, version: 1 },
      { name: 'new', weight: 0.5, version: 2 },
    ],
    ...metrics,
  });
  return { ...made, metrics: made.metrics.map((metric) => ({ ...metric, conversionWindow: window })) };
}

const none = { n: 0, meanY: 0, m2Y: 0, meanX: 0, m2X: 0, cXY: 0 };
const nothing = (of: ExperimentDesign): ExperimentSums => ({
  ...experimentSums(
    of,
    of.variants.map(() => of.metrics.map(() => none)),
  ),
  exposed: [{ weights: [0.5, 0.5], units: [0, 0] }],
});

async function sumsOf(
  of: ExperimentDesign,
  rows: readonly PredictionRow[],
  outcomes: readonly OutcomeRow[],
  change: Partial<SumsQuery & { at: string; sums: ExperimentSums }> = {},
): Promise<ExperimentSums> {
  const target = { model: of.model!, environment: of.environment };
  await opened.stores.predictions.log(target, rows);
  await opened.stores.outcomes.log(target, outcomes);
  const query = { design: of, from: hour(0), exposedTo: hour(100), at: hour(300), detailed: true };
  const epochs = [{ from: hour(0), weights: [0.5, 0.5] }];
  const { sums = nothing(of), ...rest } = change;
  return withOutcomes(opened.stores, { ...query, epochs, ...rest }, sums);
}

test('each prediction without a unit is one, in the variant of the version that served it', async () => {
  const of = design({ metrics: [right, label, loss] });
  const rows = many(6, (k) => prediction(k, { version: k % 2 === 0 ? 1 : 2, prediction: 1, score: 0.8 }));
  const other = prediction(6, { version: 3 });
  const found = await sumsOf(
    of,
    [...rows, other],
    many(7, (k) => outcome(k, { label: k < 4 ? 1 : 0 })),
  );
  const [old, fresh] = found.variants;
  expect(old).toMatchObject({ variant: 'old', units: 3 });
  expect(old!.metrics[0]).toMatchObject({ n: 3, meanY: 2 / 3, meanX: 0 });
  expect(old!.metrics[0]!.m2Y).toBeCloseTo(2 / 3, 12);
  expect(old!.metrics[2]!.meanY).toBeCloseTo((-2 * Math.log(0.8) - Math.log(0.2)) / 3, 8);
  expect(fresh!.metrics[1]).toMatchObject({ n: 3, meanY: 2 / 3 });
  expect(found.exposed).toEqual([{ weights: [0.5, 0.5], units: [3, 3] }]);
  expect(found.weeks.map(({ week, variants }) => [week, variants[0]!.metrics[0]!.n])).toEqual([[0, 3]]);
});

test("a unit's rows within its window are averaged, and it stays where it was first", async () => {
  const of = design({ metrics: [right] }, '10h');
  const row = (k: number, unit: string, version: number, said: 0 | 1) =>
    prediction(k, { unit, version, prediction: said });
  const rows = [
    row(0, 'ann', 1, 1),
    row(1, 'ann', 1, 0),
    row(2, 'ann', 2, 1),
    row(10, 'ann', 1, 1),
    row(3, 'bob', 2, 1),
  ];
  const found = await sumsOf(
    of,
    rows,
    [0, 1, 2, 3, 10].map((k) => outcome(k, { label: 1 })),
  );
  expect(found.variants[0]).toMatchObject({ units: 1, metrics: [{ n: 1, meanY: 0.5 }] });
  expect(found.variants[1]).toMatchObject({ units: 1, metrics: [{ n: 1, meanY: 1 }] });
  expect(found.crossed).toBe(1);
});

test('units first served outside the exposure, outcomes not known yet and windows not over do not count', async () => {
  const of = design({ metrics: [right] }, '4h');
  const rows = [prediction(1), prediction(2), prediction(5), prediction(8), prediction(9)];
  const outcomes = [1, 5, 8, 9].map((k) => outcome(k, { label: 1, labelTs: hour(k + 1) }));
  const late = outcome(2, { label: 1, labelTs: hour(99) });
  const found = await sumsOf(of, rows, [...outcomes, late], { from: hour(2), exposedTo: hour(9), at: hour(10) });
  // Row 1 is before, 9 after, 2 not known, the window of 8 not over.
  expect(found.variants[0]).toMatchObject({ units: 2, metrics: [{ n: 1, meanY: 1 }] });
  expect(found.exposed[0]!.units).toEqual([3, 0]);
});

test('what the exposures tell is kept where they were logged; metrics of events too', async () => {
  const of = design({ metrics: [right, orders] });
  const sums = experimentSums(of, [
    [none, shareSums(5, 50)],
    [none, shareSums(7, 60)],
  ]);
  const found = await sumsOf(of, [prediction(0)], [outcome(0, { label: 1 })], { sums: { ...sums, crossed: 3 } });
  expect(found.variants.map(({ units }) => units)).toEqual([50, 60]);
  expect(found.variants[0]!.metrics).toMatchObject([{ n: 1, meanY: 1 }, shareSums(5, 50)]);
  expect(found).toMatchObject({ crossed: 3, exposed: sums.exposed });
});

test('units come into the epoch of weights in which they were first served, and into its week', async () => {
  const of = design({ metrics: [right] });
  const epochs = [
    { from: hour(0), weights: [0.5, 0.5] },
    { from: hour(100), weights: [1, 0] },
  ];
  const rows = [prediction(99), prediction(100), prediction(169)];
  const outcomes = [99, 100, 169].map((k) => outcome(k, { label: 1 }));
  const found = await sumsOf(of, rows, outcomes, { epochs, exposedTo: hour(200) });
  expect(found.exposed).toEqual([
    { weights: [0.5, 0.5], units: [1, 0] },
    { weights: [1, 0], units: [2, 0] },
  ]);
  expect(found.weeks.map(({ week, variants }) => [week, variants[0]!.units])).toEqual([
    [0, 2],
    [1, 1],
  ]);
});

test('a ratio has sums on both sides, a cap holds, a number that came true is a label', async () => {
  const ratio = { ...right, name: 'ratio', type: 'ratio', denominator: { kind: 'outcome', metric: 'label' } } as const;
  const of = design({ metrics: [ratio, { ...label, cap: 5 }] }, '10h');
  const rows = [0, 1].map((k) => prediction(k, { unit: 'ann', prediction: 1 }));
  const outcomes = [outcome(0, { label: 1 }), outcome(1, { label: 1 })];
  const valued = prediction(2);
  const value = { predictionId: 'p00002', labelTs: hour(3), value: 9 };
  const found = await sumsOf(of, [...rows, valued], [...outcomes, value]);
  expect(found.variants[0]!.metrics[0]).toMatchObject({ n: 1, meanY: 2, meanX: 2 });
  expect(found.variants[0]!.metrics[1]).toMatchObject({ n: 2, meanY: 3 });
});

test('a design without such metrics is left as it is', async () => {
  const of = designOf({ metrics: [{ ...orders, role: 'success' }] });
  const sums = experimentSums(of, [[shareSums(1, 10)], [shareSums(2, 10)]]);
  const query = { design: of, from: hour(0), exposedTo: hour(1), at: hour(1), detailed: true, epochs: [] };
  await expect(withOutcomes(opened.stores, query, sums)).resolves.toBe(sums);
});
