import { join } from 'node:path';
import type { MonitorSpec, WindowReport } from '../../src/contracts';
import { readStream } from '../../src/cli/replay/stream';
import { after } from '../../src/domain/time';
import { monitorSpecSchema } from '../../src/schemas';
import type { MonitorSpecInput } from '../../src/schemas';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { driftReference, judgeBatch } from '../../src/statistics';
import type { DriftHistory } from '../../src/statistics';
import { DAY, gaussian, Judging, many } from '../support/judging';
import { hour } from '../support/rows';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

/** The day of the creep on which it alarms, counted from 0, when x has moved by .22 σ. */
const FIRST = 10;

const TRAINED = { from: '2011-05-02T00:00:00.000Z', to: '2011-08-01T00:00:00.000Z' };

/** The sample stream up to the end of 2011 in a model of its own: training rows imported, the rest served by version 1. */
async function bike(model: string): Promise<Judging> {
  const judging = new Judging(opened, model);
  const { rows } = await readStream(join(__dirname, '../../data/bike-hourly.ndjson.gz'), '2012-01-01');
  await opened.stores.predictions.log(
    judging.target,
    rows.map(({ predictionId, ts, features }) => {
      const served = ts >= TRAINED.to;
      // Any rule will do: warm hours are busy.
      const temp = features.temp as number;
      return {
        predictionId,
        ts,
        features: features as Record<string, number>,
        version: served ? 1 : 0,
        score: served ? temp : null,
        prediction: served ? (temp > 0.5 ? 1 : 0) : null,
      };
    }),
  );
  await opened.stores.registry.register({
    model,
    key: 'first',
    artifact: 'a',
    trainer: 't',
    dataset: null,
    trainedOn: TRAINED,
    metrics: {},
    state: 'registered',
  });
  await opened.stores.deployments.write({
    ...judging.target,
    token: 1,
    champion: 1,
    challenger: null,
    split: null,
    previous: null,
    action: 'deploy',
    reason: 'r',
    who: 'w',
    key: 'first',
    effectiveAt: TRAINED.to,
  });
  return judging;
}

async function weeks(judging: Judging, drift: MonitorSpecInput['drift']): Promise<WindowReport[]> {
  const spec: MonitorSpec = monitorSpecSchema.parse({
    ...judging.target,
    clock: 'data',
    window: '7d',
    labelMaturity: '7d',
    baseline: { from: '2011-08-01', to: '2011-08-29' },
    baselineDrop: 0.05,
    reference: 'training',
    drift,
    retrain: { lookback: '63d' },
    experiment: { duration: '56d', allocation: 0.5, salt: 's' },
  });
  const reports: WindowReport[] = [];
  for (let from = TRAINED.to; from < '2011-12-01'; from = after(from, '7d')) {
    const to = after(from, '7d');
    const window = { phase: 'traffic', from, to, asOf: to } as const;
    reports.push(...(await judging.activities.judgeWindows({ spec, at: to, windows: [window] })).windows);
  }
  return reports;
}

/** The first window in which a feature is flagged for the second time in a row. */
function firstAlarm(
  reports: readonly WindowReport[],
): { readonly from: string; readonly features: string[] } | undefined {
  const flags = reports.map(({ from, drift }) => ({ from, flagged: drift.flagged.map(({ feature }) => feature) }));
  const alarms = flags.map(({ from, flagged }, k) => ({
    from,
    features: flagged.filter((feature) => flags[k - 1]?.flagged.includes(feature)),
  }));
  return alarms.find(({ features }) => features.length > 0);
}

test('with a floor of .5 the first alarm is temp in the week of 2011-10-10', async () => {
  const reports = await weeks(await bike('floor'), { floor: 0.5 });
  expect(firstAlarm(reports)).toEqual({ from: '2011-10-10T00:00:00.000Z', features: ['temp'] });
  const temp = reports.map(({ from, drift }) => [
    from.slice(0, 10),
    drift.flagged.some(({ feature }) => feature === 'temp'),
  ]);
  expect(
    temp
      .filter(([, flagged]) => flagged)
      .map(([from]) => from)
      .slice(0, 3),
  ).toEqual(['2011-09-19', '2011-10-03', '2011-10-10']);
});

test('with the default floor August differs from May to July already', async () => {
  const judging = await bike('default');
  const august = (await weeks(judging, {})).slice(0, 4);
  const found = august.map(({ from, drift }) => [
    from.slice(0, 10),
    ...drift.flagged.map(
      ({ feature, statistic, effect }) => `${feature} ${(feature === 'weathersit' ? effect : statistic).toFixed(2)}`,
    ),
  ]);
  expect(found).toEqual([
    ['2011-08-01', 'temp 0.35', 'weathersit 0.16', 'hum 0.14'],
    ['2011-08-08', 'temp 0.27', 'hum 0.16'],
    ['2011-08-15', 'temp 0.21', 'hum 0.14'],
    ['2011-08-22', 'windspeed 0.28', 'temp 0.16'],
  ]);
  expect(firstAlarm(august)).toMatchObject({ from: '2011-08-08T00:00:00.000Z' });
});

describe('a creep of .02 σ a day', () => {
  const DAYS = 60;
  const rowsOf = (day: number) => {
    const normal = gaussian(10_000 + day);
    return many(200, () => ({ features: { x: normal() + 0.02 * Math.max(0, day - 29) } }));
  };

  test('alarms within sixty days against the frozen reference of thirty clean ones', async () => {
    const judging = new Judging(opened, 'creep');
    await judging.serveDays(0, 30 + DAYS, rowsOf);
    const spec = judging.spec({ baseline: { from: hour(0), to: hour(30 * DAY) } });
    const reports: WindowReport[] = [];
    for (let day = 30; day < 30 + DAYS; day += 1) reports.push(await judging.judge(spec, day, 'traffic'));
    const alarm = firstAlarm(reports);
    expect(alarm).toEqual({ from: hour((30 + FIRST) * DAY), features: ['x'] });
    expect(reports.every(({ drift }) => drift.reference === 'creep/production/1')).toBe(true);
  });

  test('and never against a reference that every batch takes the place of', () => {
    const table = (day: number) => ({ x: rowsOf(day).map(({ features }) => features.x) });
    let history: DriftHistory = {};
    for (let day = 30; day < 30 + DAYS; day += 1) {
      const yesterday = driftReference(table(day - 1), { version: 'moving' });
      const judged = judgeBatch(yesterday, table(day), { history });
      history = judged.history;
      expect(judged.driftFeatures).toEqual([]);
    }
  });
});
