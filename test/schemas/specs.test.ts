import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorSpecSchema, parseWith, predictionRowSchema, outcomeRowSchema, scenarioSchema, siftRows } from '../../src/schemas';
import { publishedSchemas } from '../../src/schemas/published';
import { MONITOR } from '../support/specs';
import { sampleScenario } from '../support/streams';

test('a monitor gets its defaults', () => {
  expect(parseWith(monitorSpecSchema, MONITOR, 'spec')).toMatchObject({
    environment: 'production', metric: 'accuracy', consecutive: 2, minSamples: 100, rebase: false, sources: ['default'],
    baseline: { from: '2011-08-01T00:00:00.000Z' }, reference: { to: '2011-08-29T00:00:00.000Z' },
    retrain: { trainer: 'logistic-regression', holdout: '14d', cooldown: '7d' },
    experiment: { successMetric: 'accuracy', alpha: 0.05, earlyStop: true, unit: 'predictionId' },
  });
});

test.each([
  [{ window: '7 days' }, 'window is "7 days": expected a duration'],
  [{ window: '0d' }, 'window is "0d"'],
  [{ model: 'a/b' }, 'model is "a/b"'],
  [{ baseline: { from: '2011-08-29', to: '2011-08-01' } }, 'baseline.to is'],
  [{ baseline: { from: '2011-02-30', to: '2011-08-01' } }, 'baseline.from is "2011-02-30"'],
  [{ baselineDrop: undefined }, 'baselineDrop is missing'],
  [{ baselineRatio: 0.9 }, 'expected exactly one of baselineDrop'],
  [{ threshold: 0.8 }, 'expected exactly one of baselineDrop'],
  [{ baselineDrop: undefined, threshold: 0 }, 'highMargin is missing: expected a margin'],
  [{ metrics: [{ metric: 'recall' }] }, 'metrics.0.baselineDrop is missing'],
  [{ task: 'regression' , metric: 'accuracy' }, 'metric is "accuracy": expected a metric of the task regression: rmse'],
  [{ metrics: [{ metric: 'rmse', threshold: 1 }] }, 'metrics.0.metric is "rmse"'],
  [{ drift: { flags: 3 } }, 'drift.flags is 3: expected no more flags'],
  [{ drift: { features: { a: { method: 'ks' } } } }, 'drift.features.a.method is "ks"'],
  [{ response: { medium: ['page'] } }, 'response.medium.0 is "page"'],
  [{ volume: { silence: 'soon' } }, 'volume.silence is "soon": expected a duration'],
  [{ baselineDrop: undefined, baselineRatio: 1.5 }, 'baselineRatio is 1.5'],
  [{ metric: 'logLoss', baselineDrop: undefined, baselineRatio: 0.5 }, 'baselineRatio is 0.5'],
  [{ metric: 'f2' }, 'metric is "f2"'],
  [{ consecutive: 0 }, 'consecutive is 0'],
  [{ minSamples: 1.5 }, 'minSamples is 1.5'],
  [{ experiment: { ...MONITOR.experiment, allocation: 1 } }, 'experiment.allocation is 1'],
  [{ experiment: { ...MONITOR.experiment, alfa: 1 } }, 'experiment.alfa is not a known field'],
  [{ retrain: {} }, 'retrain.lookback is missing'],
])('%j is refused: %s', (change, words) => {
  expect(() => parseWith(monitorSpecSchema, { ...MONITOR, ...change }, 'spec')).toThrow(words);
});

const prediction = { predictionId: 'p', ts: '2011-08-01', features: { a: 1 }, version: 1, score: 0.5, prediction: 1 };

test.each([
  [{ ...prediction, score: Number.NaN }, 'score'],
  [{ ...prediction, score: 1.1 }, 'score'],
  [{ ...prediction, version: 0.5 }, 'version'],
  [{ ...prediction, prediction: true }, 'prediction'],
  [{ ...prediction, features: { a: Infinity } }, 'features'],
  [{ ...prediction, features: [] }, 'features'],
  [{ ...prediction, predictionId: { $ne: null } }, 'predictionId'],
  [{ ...prediction, ts: '2011-13-01' }, 'ts'],
  [null, '(root)'],
])('the row %j is set aside at %s', (row, path) => {
  const { rows, quarantined } = siftRows(predictionRowSchema, [prediction, row], ({ ts }) => ts, Date.now());
  expect(rows).toHaveLength(1);
  expect(quarantined).toEqual([expect.objectContaining({ reason: 'invalid-value', path })]);
});

test('the future and unknown fields have reasons of their own', () => {
  const rows = [{ ...prediction, ts: '2999-01-01' }, { ...prediction, extra: 1 }];
  const { quarantined } = siftRows(predictionRowSchema, rows, ({ ts }) => ts, Date.now());
  expect(quarantined.map(({ reason }) => reason)).toEqual(['future-timestamp', 'unknown-field']);
});

test('instants come out alike, whatever zone they were written in', () => {
  const at = (ts: string) => siftRows(predictionRowSchema, [{ ...prediction, ts }], (row) => row.ts, Date.now()).rows[0]!.ts;
  expect(new Set(['2011-08-01', '2011-08-01T00:00', '2011-08-01T02:00:00+02:00', '2011-08-01T00:00:00.000Z'].map(at))).toEqual(new Set(['2011-08-01T00:00:00.000Z']));
});

test('odd feature names are features, and Object.prototype stays as it is', () => {
  const features = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 1, "a.b": 2, "$set": 3, "": 4}') as Record<string, unknown>;
  const { rows } = siftRows(predictionRowSchema, [{ ...prediction, features }], ({ ts }) => ts, Date.now());
  expect(Object.keys(rows[0]!.features).sort()).toEqual(['', '$set', '__proto__', 'a.b', 'constructor']);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test('an outcome has a label of 0 or 1 and a revision of 0 or more', () => {
  const outcome = { predictionId: 'p', label: 1, labelTs: '2011-08-02' };
  const sift = (row: unknown) => siftRows(outcomeRowSchema, [row], ({ labelTs }) => labelTs, Date.now());
  expect(sift(outcome).rows).toHaveLength(1);
  expect(sift({ ...outcome, label: '1' }).quarantined[0]!.message).toContain('label is "1": expected 0 or 1');
  expect(sift({ ...outcome, revision: -1 }).quarantined[0]!.path).toBe('revision');
});

test('the scenario that ships is one, and the published schemas are those of the code', () => {
  expect(parseWith(scenarioSchema, sampleScenario(), 'scenario').name).toBe('bike');
  for (const [file, schema] of Object.entries(publishedSchemas())) {
    const published = JSON.parse(readFileSync(join(__dirname, '../../schemas', file), 'utf8')) as unknown;
    expect(published).toEqual(JSON.parse(JSON.stringify(schema)));
  }
});
