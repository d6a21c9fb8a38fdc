import { changeKey } from '../../src/stores';
import { alert, changed, notification } from '../support/alerts';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';

let opened: TestStores;
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

/** A target and the fingerprint of its drift of temp. */
function fresh(): { target: { model: string; environment: string }; fingerprint: string } {
  const model = `m${(counter += 1)}`;
  return { target: { model, environment: 'production' }, fingerprint: `${model}:production:drift:temp` };
}

const day = (k: number) => `2011-10-${String(k).padStart(2, '0')}T00:00:00.000Z`;

describe('alerts', () => {
  test('the same change again changes nothing, a new one is appended', async () => {
    const { target, fingerprint } = fresh();
    const { alerts } = opened.stores;
    const life = [
      changed('opened', { fingerprint }),
      changed('worsened', { fingerprint, count: 2, severity: 'high' }),
      changed('acknowledged', { fingerprint, count: 2, severity: 'high', state: 'acknowledged', who: 'ann' }),
      changed('resolved', { fingerprint, count: 2, severity: 'high', state: 'resolved', who: 'bob' }),
    ];
    for (const change of life) {
      await alerts.record(target, change);
      await alerts.record(target, change);
    }
    // A try that was thought dead writes late: what came after it stands.
    await alerts.record(target, life[0]!);
    expect(await alerts.list(target)).toEqual([life[3]!.alert]);
    const changes = await alerts.changes(life[0]!.alert.id);
    expect(changes.map(({ event, state, who }) => [event, state, who])).toEqual([
      ['opened', 'open', null],
      ['worsened', 'open', null],
      ['acknowledged', 'acknowledged', 'ann'],
      ['resolved', 'resolved', 'bob'],
    ]);
    for (const { recordedAt } of changes) expect(Date.now() - recordedAt.getTime()).toBeLessThan(60_000);
  });

  test('many writers of the same changes leave each once', async () => {
    const { target, fingerprint } = fresh();
    const life = [changed('opened', { fingerprint }), changed('worsened', { fingerprint, count: 2 })];
    await Promise.all(Array.from({ length: 20 }, (_, k) => opened.stores.alerts.record(target, life[k % 2]!)));
    const changes = await opened.stores.alerts.changes(life[0]!.alert.id);
    expect(changes.map(({ event }) => event).sort()).toEqual(['opened', 'worsened']);
  });

  test('the same problem at another time is another alert', async () => {
    const { target, fingerprint } = fresh();
    for (const k of [3, 1, 2]) {
      await opened.stores.alerts.record(target, changed('opened', { fingerprint, at: day(k) }));
    }
    const found = await opened.stores.alerts.list(target);
    expect(found.map(({ at }) => at)).toEqual([day(1), day(2), day(3)]);
    expect((await opened.stores.alerts.find(target, fingerprint))!.at).toBe(day(3));
    expect((await opened.stores.alerts.find(target, `${fingerprint}@${day(1)}`))!.at).toBe(day(1));
    expect(await opened.stores.alerts.find({ ...target, environment: 'staging' }, fingerprint)).toBeNull();
  });

  test('lists by state, kind and number; the newest of them, oldest first', async () => {
    const { target, fingerprint } = fresh();
    const states = ['open', 'resolved', 'acknowledged', 'snoozed', 'open'] as const;
    for (const [k, state] of states.entries()) {
      const kind = k === 4 ? 'silence' : 'drift';
      await opened.stores.alerts.record(target, changed('opened', { fingerprint, at: day(k + 1), state, kind }));
    }
    const days = async (query: Parameters<typeof opened.stores.alerts.list>[1]) =>
      (await opened.stores.alerts.list(target, query)).map(({ at }) => Number(at.slice(8, 10)));
    expect(await days({})).toEqual([1, 2, 3, 4, 5]);
    expect(await days({ state: 'unresolved' })).toEqual([1, 3, 4, 5]);
    expect(await days({ state: 'open' })).toEqual([1, 5]);
    expect(await days({ state: 'open', kind: 'silence' })).toEqual([5]);
    expect(await days({ limit: 2 })).toEqual([4, 5]);
    expect(await opened.stores.alerts.list({ ...target, environment: 'staging' })).toEqual([]);
    const everywhere = await opened.stores.alerts.list({}, { state: 'open' });
    expect(new Set(everywhere.map(({ fingerprint: each }) => each)).size).toBeGreaterThan(1);
  });

  test('alerts of the first release are listed, found, and go on', async () => {
    const { target } = fresh();
    const fingerprint = `${target.model}:production:accuracy:${day(1)}`;
    const old = {
      fingerprint,
      metric: 'accuracy',
      value: 0.6,
      level: 0.8,
      baseline: 0.85,
      severity: 'high',
      windows: [day(1)],
      n: 100,
      at: day(2),
      state: 'open',
      actions: ['notify', 'retrain'],
    } as const;
    const changes = [{ recordedAt: new Date(), state: 'open', who: null }];
    await opened.db.collection('alerts').insertOne({ _id: fingerprint as never, ...target, alert: old, changes });
    const expected = { ...old, id: fingerprint, kind: 'performance', subject: 'accuracy', lastAt: day(2), count: 1 };
    expect(await opened.stores.alerts.list(target, { kind: 'performance' })).toEqual([
      {
        ...expected,
        summary: 'accuracy 0.6, level 0.8',
        features: [],
        cost: null,
        withheld: [],
        escalatedAt: null,
        resolution: null,
      },
    ]);
    expect(await opened.stores.alerts.list(target, { kind: 'drift' })).toEqual([]);
    expect(await opened.stores.alerts.find(target, fingerprint)).toMatchObject(expected);
    const resolved = { ...old, state: 'resolved' } as never;
    await opened.stores.alerts.record(target, { event: 'resolved', alert: resolved });
    expect(await opened.stores.alerts.list(target)).toMatchObject([{ ...expected, state: 'resolved' }]);
    expect((await opened.stores.alerts.changes(fingerprint)).map(({ state }) => state)).toEqual(['open', 'resolved']);
  });

  test('a name that is an object never becomes an operator', async () => {
    const { target } = fresh();
    const name = { $ne: null } as unknown as string;
    await expect(opened.stores.alerts.find(target, name)).resolves.toBeNull();
    await expect(opened.stores.alerts.list({ model: name })).resolves.toEqual([]);
  });
});

describe('the key of a change', () => {
  test('is its alert, event, count and decision, and nothing else', () => {
    const opened_ = changed('opened');
    expect(changeKey(opened_)).toMatch(/^[0-9a-f]{32}$/);
    expect(changeKey({ ...opened_, alert: { ...opened_.alert, summary: 'other words' } })).toBe(changeKey(opened_));
    const others = [
      changed('worsened'),
      changed('opened', { count: 2 }),
      changed('opened', { fingerprint: 'bike:production:drift:humidity' }),
      changed('snoozed', { state: 'snoozed', snoozedUntil: day(20) }),
      changed('snoozed', { state: 'snoozed', snoozedUntil: day(21) }),
      changed('escalated', { escalatedAt: day(12) }),
      changed('acknowledged', { state: 'acknowledged', who: 'ann' }),
      changed('acknowledged', { state: 'acknowledged', who: 'bob' }),
    ];
    expect(new Set([opened_, ...others].map(changeKey)).size).toBe(others.length + 1);
  });
});

describe('deliveries', () => {
  test('the first result of a change and sink stands', async () => {
    const { alertDeliveries } = opened.stores;
    const given = notification({}, { key: `k${counter}` });
    expect(await alertDeliveries.find(given.key, 'ops')).toBeNull();
    await alertDeliveries.record(given, 'ops', null);
    await alertDeliveries.record(given, 'ops', 'too late');
    await alertDeliveries.record(given, 'chat', 'gone');
    expect(await alertDeliveries.find(given.key, 'ops')).toEqual({ refusal: null });
    expect(await alertDeliveries.find(given.key, 'chat')).toEqual({ refusal: 'gone' });
    const stored = await opened.db.collection('alertDeliveries').findOne({ sink: 'ops' });
    expect(stored).toMatchObject({ alert: alert().id, event: 'opened', count: 1, model: 'bike' });
  });
});
