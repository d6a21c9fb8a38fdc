import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import type { MonitorSpecInput } from '../../src/schemas';
import { encodeModel } from '../../src/models';
import { hour, many, outcome, prediction } from '../support/rows';
import { modelBytes } from '../support/models';

jest.setTimeout(240_000);

let loop: TestLoop;
let counter = 0;
const fresh = () => `${loop.model}-${(counter += 1)}`;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

const DAY = 24;
const person = { who: 'ops', reason: 'because' };

function spec(model: string, change: Partial<MonitorSpecInput> = {}): MonitorSpecInput {
  return {
    model,
    clock: 'data',
    window: '1d',
    labelMaturity: '1d',
    minSamples: 20,
    consecutive: 2,
    baselineDrop: 0.2,
    baseline: { from: hour(0), to: hour(3 * DAY) },
    response: { medium: ['notify'], high: ['notify'] },
    drift: { mode: 'off' },
    retrain: { lookback: '10d' },
    experiment: { duration: '7d', allocation: 0.5, salt: 's' },
    ...change,
  };
}

/** Logs a day for each letter: g is served well, b badly, f has too few rows. */
async function serve(model: string, days: string): Promise<void> {
  const rows = Array.from(days).flatMap((quality, day) =>
    many(quality === 'f' ? 5 : DAY, (k) => ({ k: day * DAY + k, good: quality !== 'b' })),
  );
  await loop.client.predictions.log(
    { model },
    rows.map(({ k }) => prediction(k, { prediction: 1, score: 0.9 })),
  );
  await loop.client.outcomes.log(
    { model },
    rows.map(({ k, good }) => outcome(k, { label: good ? 1 : 0, labelTs: hour(k + 12) })),
  );
}

const advance = (model: string, days: number, source = 'default') =>
  loop.client.monitors.advance({ model }, { source, at: hour(days * DAY) });
const status = (model: string) => loop.client.monitors.status({ model });

async function run(days: string, change: Partial<MonitorSpecInput> = {}): Promise<string> {
  const model = fresh();
  await serve(model, days);
  await loop.client.monitors.start(spec(model, change));
  await advance(model, days.length + 1);
  return model;
}

test('the baseline is known one maturity after its end, a window is judged once, at its due time', async () => {
  const model = fresh();
  await serve(model, 'gggg');
  await loop.client.monitors.start(spec(model));
  expect(await advance(model, 3)).toEqual({ settledThrough: hour(3 * DAY), nextDueAt: hour(4 * DAY) });
  expect((await status(model)).baseline).toBeNull();
  expect(await advance(model, 4)).toMatchObject({ nextDueAt: hour(5 * DAY) });
  expect(await status(model)).toMatchObject({ baseline: { value: 1, n: 72 }, level: 0.8, recent: [] });
  await advance(model, 5);
  await advance(model, 2);
  const { recent, settledThrough } = await status(model);
  expect(settledThrough).toBe(hour(5 * DAY));
  expect(recent).toEqual([{ from: hour(3 * DAY), n: 24, value: 1, status: 'ok', counted: true }]);
});

test.each([
  ['gggbgbg', 0],
  ['gggbbg', 1],
  ['gggbfb', 1],
  ['gggbfgb', 0],
  ['gggbbbb', 1],
  ['gggbbggbb', 2],
])('days %s make %d alerts', async (days, alerts) => {
  const model = await run(days);
  expect((await loop.client.monitors.alerts({ model })).length).toBe(alerts);
  expect(await loop.client.retraining.list({ model })).toEqual([]);
});

test('an alert says what it is about, and an operator works with it', async () => {
  const model = await run('gggbb');
  const [alert] = (await status(model)).alerts;
  expect(alert).toMatchObject({
    metric: 'accuracy',
    value: 0,
    level: 0.8,
    baseline: 1,
    severity: 'high',
    n: 24,
    state: 'open',
    windows: [hour(72), hour(96)],
    at: hour(6 * DAY),
  });
  const handle = loop.client.monitors.handle({ model });
  const decision = { fingerprint: alert!.fingerprint, who: 'ops' };
  expect(await handle.executeUpdate('acknowledgeAlert', { args: [decision] })).toMatchObject({ state: 'acknowledged' });
  expect(await handle.executeUpdate('snoozeAlert', { args: [{ ...decision, until: '2030-01-01' }] })).toMatchObject({
    state: 'snoozed',
  });
  expect(await handle.executeUpdate('resolveAlert', { args: [decision] })).toMatchObject({ state: 'resolved' });
  await expect(handle.executeUpdate('resolveAlert', { args: [decision] })).rejects.toThrow();
  expect((await loop.client.monitors.alerts({ model }))[0]).toMatchObject({ state: 'resolved', who: 'ops' });
});

test('a label that comes after maturity does not count', async () => {
  const model = fresh();
  await serve(model, 'ggg');
  await loop.client.predictions.log(
    { model },
    many(DAY, (k) => prediction(72 + k, { prediction: 1 })),
  );
  await loop.client.outcomes.log(
    { model },
    many(DAY, (k) => outcome(72 + k, { label: 1, labelTs: hour(k < 10 ? 100 : 121) })),
  );
  await loop.client.monitors.start(spec(model));
  await advance(model, 9);
  expect((await status(model)).recent[0]).toMatchObject({ n: 10, status: 'insufficient-data' });
});

test('paused, windows are recorded and trigger nothing; a change of the level takes effect', async () => {
  const model = fresh();
  await serve(model, 'gggbbbb');
  await loop.client.monitors.start(spec(model));
  await loop.client.monitors.pause({ model }, person);
  await advance(model, 6);
  expect((await status(model)).recent.map(({ counted }) => counted)).toEqual([false, false]);
  await loop.client.monitors.resume({ model }, { who: 'ops' });
  expect((await loop.client.monitors.configure({ model }, { baselineDrop: 1.5 })).level).toBe(-0.5);
  await advance(model, 8);
  expect((await status(model)).alerts).toEqual([]);
  await expect(loop.client.monitors.configure({ model }, { consecutive: 0 })).rejects.toThrow('consecutive is 0');
});

test('the roll-back response goes back to the version before; with none before the monitor lives on and says so', async () => {
  const model = fresh();
  await serve(model, 'gggbbggbb');
  for (const key of ['1', '2']) await loop.client.models.register({ model, key, artifact: modelBytes(Number(key)) });
  await loop.client.deployments.deploy({ model }, 1, person);
  await loop.client.deployments.deploy({ model }, 2, person);
  await loop.client.monitors.start(spec(model, { response: { medium: ['roll-back'], high: ['roll-back'] } }));
  await advance(model, 6);
  expect((await loop.client.deployments.history({ model })).at(-1)).toMatchObject({
    action: 'roll-back',
    champion: 1,
    who: 'monitor',
  });
  await advance(model, 10);
  expect((await status(model)).failure).toContain('nothing to roll back to');
});

test('the slowest of several sources leads', async () => {
  const model = fresh();
  await serve(model, 'gggg');
  await loop.client.monitors.start(spec(model, { sources: ['api', 'batch'] }));
  expect((await advance(model, 9, 'api')).settledThrough).toBeNull();
  expect((await advance(model, 5, 'batch')).settledThrough).toBe(hour(5 * DAY));
});

test('outcomes by signal are logged; what is none is set aside', async () => {
  const model = fresh();
  await loop.client.predictions.log({ model }, many(3, prediction));
  await loop.client.monitors.start(spec(model));
  const outcomes = [outcome(0), outcome(1), { predictionId: 'p00002', label: 'yes' }];
  await loop.client.monitors.handle({ model }).signal('recordOutcomes', { batchId: 'b', outcomes });
  await eventually(async () => (await status(model)).ingested.logged === 2);
  expect((await status(model)).ingested).toEqual({ logged: 2, quarantined: 1 });
  await advance(model, 4);
  expect((await loop.client.predictions.find({ model }, 'p00000'))!.label).toBe(1);
});

test('a flood of signals turns runs over and loses nothing', async () => {
  const model = await run('gggb');
  const handle = loop.client.monitors.handle({ model });
  const { runId } = await handle.describe();
  for (let wave = 0; wave < 200; wave += 1) {
    await Promise.all(
      many(10, (k) =>
        handle.signal('watermarkAdvanced', { source: 'default', at: hour(5 * DAY + wave / 200 + k / 1000) }),
      ),
    );
  }
  await eventually(async () => (await handle.describe()).runId !== runId, 60);
  await serve(model, 'gggbb');
  await advance(model, 7);
  const { recent, alerts, baseline } = await status(model);
  expect(recent.map(({ from }) => from)).toEqual([hour(72), hour(96), hour(120)]);
  expect(baseline).toMatchObject({ value: 1, n: 72 });
  expect(alerts).toHaveLength(1);
});

test('a retraining that fails reports, and the monitor goes on', async () => {
  const model = fresh();
  await serve(model, 'gggbbgggg');
  await loop.client.models.register({ model, key: '1', artifact: modelBytes(0) });
  await loop.client.monitors.start(
    spec(model, { response: { medium: ['retrain'], high: ['retrain'] }, retrain: { lookback: '10d', approval: true } }),
  );
  // Nothing is deployed, so there is no champion to compare with.
  await advance(model, 6);
  expect((await loop.client.retraining.list({ model }))[0]!.result!.decision).toBe('failed');
  expect((await status(model)).open).toBeNull();
});

/** A retraining that waits for approval: the champion is always wrong by now, a challenger is not. */
async function untilApproval(): Promise<string> {
  const model = fresh();
  await serve(model, 'gggbbbbbb');
  const format = 'loopwright/logistic-regression@1';
  const artifact = encodeModel({ format, features: [], coefficients: [], intercept: 5, trainedRows: 2 });
  await loop.client.models.register({ model, key: '1', artifact });
  await loop.client.deployments.deploy({ model }, 1, { ...person, effectiveAt: hour(0) });
  const retrain = { lookback: '10d', holdout: '1d', approval: true };
  await loop.client.monitors.start(spec(model, { response: { medium: ['retrain'], high: ['retrain'] }, retrain }));
  await advance(model, 6);
  expect((await status(model)).open).toMatchObject({ waitsFor: 'approval', experiment: null });
  return model;
}

test('a retraining that was terminated while it waited for a person is noticed', async () => {
  const model = await untilApproval();
  await advance(model, 7);
  expect((await status(model)).open).not.toBeNull();
  await loop.client.retraining.handle({ model }).terminate('an operator');
  await advance(model, 8);
  expect(await status(model)).toMatchObject({
    open: null,
    failure: `retrain:${model}:production ended without a report`,
  });
});

test('one that was terminated with its experiment is noticed within the monitor’s patience', async () => {
  const model = await untilApproval();
  await loop.client.retraining.approve({ model }, person);
  await eventually(async () => (await status(model)).open?.experimentThrough != null);
  await loop.client.retraining.handle({ model }).terminate('an operator');
  await loop.client.challenges.handle((await status(model)).open!.experiment!).terminate('an operator');
  await advance(model, 7);
  expect((await status(model)).open).toBeNull();
});

test('on the wall clock windows are judged by timers, without any message', async () => {
  const model = fresh();
  const start = Date.now();
  const at = (seconds: number) => new Date(start + seconds * 1_000).toISOString();
  const rows = many(60, (k) => ({ id: `w${k}`, ts: at(k / 10) }));
  await loop.client.predictions.log(
    { model },
    rows.map(({ id, ts }) => ({ predictionId: id, ts, features: {}, version: 1, score: 0.9, prediction: 1 })),
  );
  await loop.client.outcomes.log(
    { model },
    rows.map(({ id, ts }) => ({ predictionId: id, label: 1, labelTs: ts })),
  );
  await loop.client.monitors.start(
    spec(model, {
      clock: 'wall',
      window: '2s',
      labelMaturity: '1s',
      minSamples: 10,
      baseline: { from: at(0), to: at(2) },
    }),
  );
  await eventually(async () => (await status(model)).recent.length >= 2, 30);
  expect((await status(model)).recent.slice(0, 2)).toMatchObject([
    { n: 20, value: 1, status: 'ok' },
    { n: 20, value: 1, status: 'ok' },
  ]);
});
