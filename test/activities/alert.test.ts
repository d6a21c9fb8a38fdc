import { ApplicationFailure } from '@temporalio/common';
import { createActivities } from '../../activities';
import { createAlertSinks } from '../../src/adapters/alert';
import type { AlertNotification, AlertSink, LoopwrightActivities } from '../../src/contracts';
import { alert, changed } from '../support/alerts';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { startReceiver } from '../support/receiver';
import type { Receiver } from '../support/receiver';
import { MONITOR } from '../support/specs';

const target = { model: 'bike', environment: 'production' };
let opened: TestStores;
let receiver: Receiver;
/** What the receiver answers, one after the other; 200 after that. */
let answers: number[] = [];
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
  receiver = await startReceiver((response) => {
    response.writeHead(answers.shift() ?? 200);
    response.end();
  });
});
afterEach(() => (answers = []));
afterAll(async () => {
  await receiver.close();
  await opened.close();
});

/** A fingerprint that no other test has told anybody about. */
const fresh = () => `bike:production:drift:f${(counter += 1)}`;

/** A sink that remembers, and fails as it is told. */
function recorder(failures: Error[] = []): AlertSink & { readonly taken: AlertNotification[] } {
  const taken: AlertNotification[] = [];
  return {
    taken,
    deliver: async (notification) => {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      taken.push(notification);
    },
  };
}

function activities(sinks: Record<string, AlertSink>): LoopwrightActivities {
  return createActivities({ stores: opened.stores, sinks });
}

function web(): LoopwrightActivities {
  return activities(
    createAlertSinks({
      sinks: { ops: { kind: 'webhook', url: receiver.url, secret: 'a secret of some length' } },
      hosts: [{ host: receiver.host, private: true }],
    }),
  );
}

const sentTo = (fingerprint: string) => receiver.received.filter(({ body }) => body.includes(`"${fingerprint}"`));

test('each change goes to each sink once, in order, however often the activity is tried', async () => {
  const [a, b] = [recorder(), recorder()];
  const worker = activities({ a, b });
  const fingerprint = fresh();
  const changes = [changed('opened', { fingerprint }), changed('worsened', { fingerprint, count: 2 })];
  for (let again = 0; again < 3; again += 1) {
    expect(await worker.deliverAlerts({ target, changes, sinks: ['a', 'b', 'a'] })).toEqual({ failed: [] });
  }
  for (const { taken } of [a, b]) {
    expect(taken.map(({ event, alert: { count } }) => [event, count])).toEqual([
      ['opened', 1],
      ['worsened', 2],
    ]);
    expect(new Set(taken.map(({ key }) => key)).size).toBe(2);
    expect(taken[0]).toMatchObject({ target, alert: alert({ fingerprint }) });
  }
});

test('a sink that fails for now keeps no other, and alone is asked again', async () => {
  const [bad, good] = [recorder([new Error('full'), new Error('full')]), recorder()];
  const worker = activities({ bad, good });
  const fingerprint = fresh();
  const changes = [changed('opened', { fingerprint }), changed('escalated', { fingerprint })];
  const given = { target, changes, sinks: ['bad', 'good'] };
  await expect(worker.deliverAlerts(given)).rejects.toThrow('bad: full');
  expect(good.taken).toHaveLength(2);
  expect(bad.taken).toEqual([]);
  await expect(worker.deliverAlerts(given)).rejects.toThrow('bad: full');
  expect(await worker.deliverAlerts(given)).toEqual({ failed: [] });
  expect(bad.taken.map(({ event }) => event)).toEqual(['opened', 'escalated']);
  expect(good.taken).toHaveLength(2);
});

test('a sink that refuses for good is told of as failed and not asked again', async () => {
  const bad = recorder([ApplicationFailure.nonRetryable('no such room')]);
  const slow = recorder([new Error('later')]);
  const worker = activities({ bad, slow });
  const given = { target, changes: [changed('opened', { fingerprint: fresh() })], sinks: ['bad', 'slow'] };
  await expect(worker.deliverAlerts(given)).rejects.toThrow('slow: later');
  expect(await worker.deliverAlerts(given)).toEqual({ failed: [{ sink: 'bad', reason: 'no such room' }] });
  expect(bad.taken).toEqual([]);
  expect(slow.taken).toHaveLength(1);
});

test('a sink that this worker lacks is told of with those it has', async () => {
  const worker = activities({ a: recorder() });
  const changes = [changed('opened', { fingerprint: fresh() })];
  const { failed } = await worker.deliverAlerts({ target, changes, sinks: ['b', 'constructor'] });
  expect(failed.map(({ sink }) => sink)).toEqual(['b', 'constructor']);
  expect(failed[0]!.reason).toContain('it has: a');
});

test.each([500, 503, 429, 408])('an answer of %d is asked again and then taken', async (status) => {
  const worker = web();
  const fingerprint = fresh();
  const given = { target, changes: [changed('opened', { fingerprint })], sinks: ['ops'] };
  answers = [status];
  await expect(worker.deliverAlerts(given)).rejects.toThrow(`ops: ${receiver.host} answered ${status}`);
  expect(await worker.deliverAlerts(given)).toEqual({ failed: [] });
  const keys = sentTo(fingerprint).map(({ headers }) => headers['idempotency-key']);
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
});

test.each([400, 401, 404, 410, 302])('an answer of %d is final', async (status) => {
  const worker = web();
  const fingerprint = fresh();
  const given = { target, changes: [changed('opened', { fingerprint })], sinks: ['ops'] };
  answers = [status];
  const { failed } = await worker.deliverAlerts(given);
  expect(failed).toMatchObject([{ sink: 'ops' }]);
  expect(failed[0]!.reason).toContain(`answered ${status}`);
  expect(await worker.deliverAlerts(given)).toEqual({ failed });
  expect(sentTo(fingerprint)).toHaveLength(1);
});

test('alerts are recorded, those of a call of the first release as well', async () => {
  const worker = activities({});
  const fingerprint = fresh();
  const changes = [changed('opened', { fingerprint }), changed('worsened', { fingerprint, count: 2 })];
  await worker.recordAlert({ target, changes });
  await worker.recordAlert({ target, changes });
  await worker.recordAlert({ target, alert: alert({ fingerprint, count: 2, state: 'resolved' }) } as never);
  const { id } = changes[0]!.alert;
  expect(await opened.stores.alerts.find(target, id)).toMatchObject({ state: 'resolved', count: 2 });
  const events = (await opened.stores.alerts.changes(id)).map(({ event }) => event);
  expect(events).toEqual(['opened', 'worsened', 'resolved']);
});

describe('a monitor whose spec names a sink', () => {
  const worker = createActivities({ stores: {} as never, sinks: { ops: recorder(), chat: recorder() } });
  const spec = (alerts: object) => ({ kind: 'monitor' as const, spec: { ...MONITOR, alerts } });

  test('that the worker has is taken', async () => {
    const alerts = { sinks: ['ops'], dataEngineers: ['chat'], escalation: { after: '1h', sinks: ['chat'] } };
    expect(await worker.checkSpec(spec(alerts))).toMatchObject({ alerts });
  });

  test.each([
    [{ sinks: ['ops', 'opps'] }, 'alerts.sinks.1 is "opps"'],
    [{ sinks: ['ops'], dataEngineers: ['data'] }, 'alerts.dataEngineers.0 is "data"'],
    [{ sinks: ['ops'], escalation: { after: '1h', sinks: ['pager'] } }, 'alerts.escalation.sinks.0 is "pager"'],
  ])('that it lacks is refused: %j', async (alerts, words) => {
    await expect(worker.checkSpec(spec(alerts))).rejects.toMatchObject({
      type: 'loopwright.InvalidSpec',
      nonRetryable: true,
    });
    await expect(worker.checkSpec(spec(alerts))).rejects.toThrow(`${words}: expected a sink of this worker: ops, chat`);
  });
});
