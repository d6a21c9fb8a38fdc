import type { AlertNotification } from '../../src/contracts';
import type { MonitorSpecInput } from '../../src/schemas';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { openProxy } from '../support/proxy';
import type { Proxy } from '../support/proxy';
import { hour, many, outcome, prediction } from '../support/rows';

jest.setTimeout(240_000);

const DAY = 24;
const told: AlertNotification[] = [];
const boss: AlertNotification[] = [];
const tell = (list: AlertNotification[]) => ({
  deliver: (notification: AlertNotification) => {
    list.push(notification);
    return Promise.resolve();
  },
});

let loop: TestLoop;
let proxy: Proxy;
let counter = 0;
const fresh = () => `${loop.model}-${(counter += 1)}`;
const mine = (list: readonly AlertNotification[], model: string) => list.filter(({ target }) => target.model === model);

beforeAll(async () => {
  const direct = new URL(process.env.LOOPWRIGHT_TEST_MONGODB!);
  proxy = await openProxy({ host: direct.hostname, port: Number(direct.port) });
  const query = 'directConnection=true&serverSelectionTimeoutMS=1000';
  loop = await startTestLoop({
    mongodb: `mongodb://127.0.0.1:${proxy.port}/?${query}`,
    alerts: {
      sinks: {
        ops: tell(told),
        boss: tell(boss),
        deaf: { deliver: () => Promise.reject(Object.assign(new Error('no'), { nonRetryable: true })) },
      },
    },
  });
});
afterAll(async () => {
  await loop.close();
  await proxy.close();
});

function spec(model: string, change: Partial<MonitorSpecInput> = {}): MonitorSpecInput {
  return {
    model,
    clock: 'data',
    window: '1d',
    labelMaturity: '1d',
    minSamples: 20,
    baselineDrop: 0.2,
    baseline: { from: hour(0), to: hour(3 * DAY) },
    response: { medium: ['notify'], high: ['notify'] },
    drift: { mode: 'off' },
    alerts: { sinks: ['ops'] },
    retrain: { lookback: '10d' },
    experiment: { duration: '7d', allocation: 0.5, salt: 's' },
    ...change,
  };
}

/** A day for each letter: g is served well, b badly, s with the feature shifted, - not at all. */
async function serve(model: string, days: string): Promise<void> {
  const rows = Array.from(days).flatMap((quality, day) =>
    quality === '-' ? [] : many(DAY, (k) => ({ k: day * DAY + k, quality })),
  );
  await loop.client.predictions.log(
    { model },
    rows.map(({ k, quality }) =>
      prediction(k, { prediction: 1, score: 0.9, features: { x: (k % DAY) + (quality === 's' ? 100 : 0) } }),
    ),
  );
  await loop.client.outcomes.log(
    { model },
    rows.map(({ k, quality }) => outcome(k, { label: quality === 'b' ? 0 : 1, labelTs: hour(k + 12) })),
  );
}

const advance = (model: string, days: number) =>
  loop.client.monitors.advance({ model }, { source: 'default', at: hour(days * DAY) });
const status = (model: string) => loop.client.monitors.status({ model });

async function run(days: string, change: Partial<MonitorSpecInput> = {}): Promise<string> {
  const model = fresh();
  await serve(model, days);
  await loop.client.monitors.start(spec(model, change));
  await advance(model, days.length + 1);
  return model;
}

test('sinks are told of the opening and of the end, each once, with the alert as it stands', async () => {
  const model = await run('gggbbgg');
  await eventually(() => mine(told, model).length === 2);
  expect(mine(told, model)).toMatchObject([
    { event: 'opened', alert: { kind: 'performance', subject: 'accuracy', actions: ['notify'] } },
    { event: 'resolved', alert: { state: 'resolved', resolution: { by: 'evidence' } } },
  ]);
  expect(new Set(mine(told, model).map(({ key }) => key)).size).toBe(2);
  expect((await loop.client.monitors.alerts({ model })).map(({ state }) => state)).toEqual(['resolved']);
});

test('a sink that takes nothing shows in the status and holds nothing up', async () => {
  const model = await run('gggbbgg', { alerts: { sinks: ['deaf', 'ops'] } });
  await eventually(async () => (await status(model)).failure !== null);
  expect((await status(model)).failure).toContain('deaf');
  expect((await status(model)).settledThrough).toBe(hour(8 * DAY));
  await eventually(() => mine(told, model).length === 2);
});

test('drift of a feature is an alert of its own, before any label of its window is known', async () => {
  const model = fresh();
  await serve(model, 'ggggss');
  const drift = { mode: 'default' as const };
  await loop.client.monitors.start(spec(model, { drift, labelMaturity: '5d' }));
  await loop.client.monitors.advance({ model }, { source: 'default', at: hour(8 * DAY) });
  const { alerts, recent } = await status(model);
  expect(recent).toEqual([]);
  expect(alerts).toMatchObject([
    {
      kind: 'drift',
      subject: 'x',
      actions: ['notify', 'notify-data-engineers'],
      windows: [hour(4 * DAY), hour(5 * DAY)],
    },
  ]);
});

test('silence is an alert of its own and ends with the next prediction', async () => {
  const model = fresh();
  await serve(model, 'gggg---');
  await loop.client.monitors.start(spec(model, { volume: { silence: '12h' } }));
  await advance(model, 5);
  expect((await status(model)).alerts).toMatchObject([{ kind: 'silence', state: 'open', subject: 'predictions' }]);
  await loop.client.predictions.log(
    { model },
    many(DAY, (k) => prediction(7 * DAY + k)),
  );
  await advance(model, 8);
  expect((await status(model)).alerts).toMatchObject([{ kind: 'silence', state: 'resolved' }]);
});

test('an alert that nobody acknowledges goes further, one that somebody has does not', async () => {
  const escalation = { after: '2d', sinks: ['boss'] };
  const change = { alerts: { sinks: ['ops'], escalation } };
  const [left, taken] = [await run('gggbb', change), await run('gggbb', change)];
  const [alert] = (await status(taken)).alerts;
  await loop.client.alerts.acknowledge(alert!.fingerprint, { who: 'ops' });
  expect((await status(left)).nextDueAt).toBe(hour(7 * DAY));
  for (const model of [left, taken]) await advance(model, 9);
  await eventually(() => mine(boss, left).length === 1);
  expect(mine(boss, left)[0]).toMatchObject({ event: 'escalated' });
  expect(mine(boss, taken)).toEqual([]);
});

test('with MongoDB away the monitor says degraded; afterwards no window is missing', async () => {
  const model = fresh();
  await serve(model, 'gggggg');
  await loop.client.monitors.start(spec(model));
  await advance(model, 4);
  proxy.cut();
  const advanced = advance(model, 7);
  await eventually(async () => (await status(model)).state === 'degraded', 120);
  expect((await status(model)).recent).toEqual([]);
  proxy.mend();
  await loop.client.monitors.evaluate({ model });
  await advanced;
  const { state, recent } = await status(model);
  expect(state).toBe('watching');
  expect(recent.map(({ from }) => from)).toEqual([hour(72), hour(96), hour(120)]);
});

test('alerts and what was not told yet survive the end of a run', async () => {
  const model = await run('gggbb');
  await eventually(() => mine(told, model).length === 1);
  const handle = loop.client.monitors.handle({ model });
  const first = (await handle.describe()).runId;
  for (let k = 0; k < 2_100; k += 50)
    await Promise.all(many(50, () => handle.signal('outcomesRecorded').catch(() => undefined)));
  await eventually(async () => (await handle.describe()).runId !== first);
  const [alert] = (await status(model)).alerts;
  expect(alert).toMatchObject({ state: 'open', count: 2 });
  await loop.client.alerts.resolve(alert!.fingerprint, { who: 'ops', note: 'mended' });
  await eventually(() => mine(told, model).length === 2);
  expect(mine(told, model)[1]).toMatchObject({ event: 'resolved', alert: { resolution: { by: 'person' } } });
});
