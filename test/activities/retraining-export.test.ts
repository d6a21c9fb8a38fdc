import { createActivities } from '../../activities';
import { failureTypes, retrainingOwner } from '../../src/contracts';
import type { LoopwrightActivities, RetrainSpec, Snapshot } from '../../src/contracts';
import { decodeTrainingCsv } from '../../src/models';
import { parseWith, retrainSpecSchema } from '../../src/schemas';
import type { FeatureValue } from '../../src/contracts';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { hour, many, outcome, prediction } from '../support/rows';

let opened: TestStores;
let activities: LoopwrightActivities;
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
  activities = createActivities({ stores: opened.stores });
});
afterAll(() => opened.close());

/** 200 labelled rows, an hour each, and the snapshot of them; the last 48 are the hold-out. */
async function snapshotOf(
  features: (k: number) => Record<string, FeatureValue>,
): Promise<{ spec: RetrainSpec; snapshot: Snapshot }> {
  const model = `m${(counter += 1)}`;
  const target = { model, environment: 'production' };
  await opened.stores.predictions.log(
    target,
    many(200, (k) => prediction(k, { features: features(k) })),
  );
  await opened.stores.outcomes.log(
    target,
    many(200, (k) => outcome(k, { labelTs: hour(k) })),
  );
  const spec = parseWith(
    retrainSpecSchema,
    {
      ...target,
      ...{ key: `${model}/1`, at: hour(200), reasons: ['a test'], metric: 'accuracy', labelMaturity: '1d' },
      policy: { lookback: '10d', holdout: '2d' },
      experiment: { duration: '7d', allocation: 0.5, salt: 's' },
    },
    'spec',
  );
  return { spec, snapshot: await activities.takeSnapshot({ spec }) };
}

test.each([
  ['all', 200],
  ['training', 152],
] as const)('the CSV of %s rows holds them as they were logged', async (rows, n) => {
  const { spec, snapshot } = await snapshotOf((k) => ({ x: k / 7, on: k % 2 === 0, gap: k % 3 === 0 ? null : k }));
  const ref = await activities.exportRows({ spec, snapshot, rows });
  const bytes = await opened.stores.artifacts.get(ref.sha256);
  expect(ref).toEqual({ sha256: ref.sha256, bytes: bytes.length, uri: `artifact:file/${ref.sha256}` });
  const read = decodeTrainingCsv(bytes);
  expect(read.n).toBe(n);
  expect([...read.columns.keys()]).toEqual(['gap', 'on', 'x']);
  expect([...read.labels]).toEqual(many(n, (k) => (k % 2 === 0 ? 1 : 0)));
  expect([...read.columns.get('x')!]).toEqual(many(n, (k) => k / 7));
  expect([...read.columns.get('on')!]).toEqual(many(n, (k) => (k % 2 === 0 ? 1 : 0)));
  expect([...read.columns.get('gap')!]).toEqual(many(n, (k) => (k % 3 === 0 ? Number.NaN : k)));
});

test('the same rows are the same artifact, and go with the retraining', async () => {
  const { spec, snapshot } = await snapshotOf((k) => ({ x: k }));
  const first = await activities.exportRows({ spec, snapshot, rows: 'all' });
  expect(await activities.exportRows({ spec, snapshot, rows: 'all' })).toEqual(first);
  const claims = await opened.stores.artifacts.claimed(new Date(Date.now() + 60_000));
  expect(claims).toContainEqual({ digest: first.sha256, owners: [retrainingOwner(spec)] });
  await activities.discardArtifacts({ spec });
  expect(await opened.stores.artifacts.exists(first.sha256)).toBe(false);
});

test('a feature called label is refused for good', async () => {
  const { spec, snapshot } = await snapshotOf((k) => ({ label: k }));
  await expect(activities.exportRows({ spec, snapshot, rows: 'all' })).rejects.toMatchObject({
    message: 'a feature is called "label": expected any other name',
    type: failureTypes.trainingRefused,
    nonRetryable: true,
  });
});
