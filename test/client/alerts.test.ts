import { startAlertingMonitor } from '../support/alerting';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { hour } from '../support/rows';

jest.setTimeout(240_000);

const DAY = 24;
let loop: TestLoop;
let counter = 0;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

async function alerting(): Promise<{ model: string; fingerprint: string; id: string }> {
  const model = `${loop.model}-${(counter += 1)}`;
  await startAlertingMonitor(loop, model);
  const [alert] = await loop.client.alerts.list({ model });
  return { model, fingerprint: alert!.fingerprint, id: alert!.id };
}

test('an alert is acknowledged, snoozed and resolved by name, with who and why', async () => {
  const { model, fingerprint, id } = await alerting();
  const { alerts } = loop.client;
  expect(await alerts.find(fingerprint)).toMatchObject({ id, state: 'open', kind: 'performance', subject: 'accuracy' });
  expect(await alerts.acknowledge(fingerprint, { who: 'ann@example.com', note: 'looking' })).toMatchObject({
    state: 'acknowledged',
    who: 'ann@example.com',
    note: 'looking',
  });
  expect(await alerts.snooze(id, { who: 'ann', until: '2011-09-01' })).toMatchObject({
    state: 'snoozed',
    snoozedUntil: '2011-09-01T00:00:00.000Z',
  });
  expect(await alerts.resolve(id, { who: 'bob', note: 'the pump was off' })).toMatchObject({
    state: 'resolved',
    resolution: { by: 'person', evidence: 'the pump was off' },
  });
  expect(await alerts.list({ model }, { state: 'unresolved' })).toEqual([]);
  expect(await loop.client.monitors.alerts({ model })).toMatchObject([{ id, state: 'resolved', who: 'bob' }]);
  const changes = await loop.stores.alerts.changes(id);
  expect(changes.map(({ state, who }) => [state, who])).toEqual([
    ['open', null],
    ['acknowledged', 'ann@example.com'],
    ['snoozed', 'ann'],
    ['resolved', 'bob'],
  ]);
  await expect(alerts.resolve(fingerprint, { who: 'bob' })).rejects.toMatchObject({ type: 'loopwright.Conflict' });
});

test('a snooze for a duration ends on the monitor’s clock', async () => {
  const { fingerprint } = await alerting();
  expect(await loop.client.alerts.snooze(fingerprint, { who: 'ann', for: '3d' })).toMatchObject({
    snoozedUntil: hour(9 * DAY),
  });
});

test.each([
  ['bike', { who: 'ann' }, 'fingerprint is "bike": expected {model}:{environment}:{kind}:{subject}'],
  ['a b:production:drift:temp', { who: 'ann' }, 'fingerprint is "a b:production:drift:temp"'],
  ['bike:production:drift:temp', { who: '' }, 'who is ""'],
  ['bike:production:drift:temp', {}, 'who is missing'],
])('a decision on %j by %j is refused with path and value', async (name, decision, words) => {
  const { alerts } = loop.client;
  await expect(alerts.acknowledge(name, decision as never)).rejects.toThrow(words);
  await expect(alerts.resolve(name, decision as never)).rejects.toThrow(words);
  await expect(alerts.snooze(name, { ...decision, for: '1d' } as never)).rejects.toThrow(words);
});

test.each([
  [{}, 'until is missing: expected exactly one of until (an instant) and for (a duration)'],
  [{ until: '2030-01-01', for: '1d' }, 'expected exactly one'],
  [{ until: 'tomorrow' }, 'until is "tomorrow"'],
  [{ for: '-1d' }, 'for is "-1d"'],
])('a snooze with the end %j is refused', async (end, words) => {
  const name = 'bike:production:drift:temp';
  await expect(loop.client.alerts.snooze(name, { who: 'ann', ...end })).rejects.toThrow(words);
});

test('a query for alerts that nobody knows is refused', async () => {
  await expect(loop.client.alerts.list(null, { state: 'new' as never })).rejects.toThrow('state is "new"');
  await expect(loop.client.alerts.list(null, { limit: 0 })).rejects.toThrow('limit is 0');
  await expect(loop.client.alerts.list({ model: 'a b' })).rejects.toThrow('model is "a b"');
  await expect(loop.client.alerts.find('bike')).rejects.toThrow('fingerprint: (root) is "bike"');
});

test('monitors that run are listed with their state; a terminated one is not', async () => {
  const [first, second] = [await alerting(), await alerting()];
  const mine = async () =>
    (await loop.client.monitors.list()).filter(({ model }) => [first.model, second.model].includes(model));
  await eventually(async () => (await mine()).length === 2);
  await loop.client.monitors.pause({ model: first.model }, { who: 'ann', reason: 'a holiday' });
  await eventually(async () => (await mine())[0]!.state === 'paused');
  expect((await mine()).map(({ model, environment, workflowId }) => [model, environment, workflowId])).toEqual([
    [first.model, 'production', `monitor:${first.model}:production`],
    [second.model, 'production', `monitor:${second.model}:production`],
  ]);
  await loop.client.monitors.handle({ model: second.model }).terminate('over');
  await eventually(async () => (await mine()).length === 1);
});
