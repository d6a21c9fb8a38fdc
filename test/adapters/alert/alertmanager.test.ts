import { alertmanagerSink } from '../../../src/adapters/alert/alertmanager';
import type { Alert, AlertEvent } from '../../../src/contracts';
import { notification } from '../../support/alerts';
import { startReceiver } from '../../support/receiver';

const DAY = 86_400_000;

async function posted(
  event: AlertEvent,
  change: Partial<Alert> = {},
  path = '',
): Promise<{ path: string; alerts: any }> {
  const receiver = await startReceiver();
  const sink = alertmanagerSink({ url: new URL(`${receiver.url}${path}`), allowPrivate: true });
  await sink.deliver(notification(change, { event }));
  await receiver.close();
  const [{ path: at, body }] = receiver.received as [(typeof receiver.received)[0]];
  return { path: at, alerts: JSON.parse(body) };
}

test('an alert is known by its labels and does not end by itself', async () => {
  const cost = { currency: 'EUR', perDay: 412.34, low: 301, high: 530.06, how: 'value × volume × drop' };
  const { path, alerts } = await posted('opened', { cost });
  expect(path).toBe('/api/v2/alerts');
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toMatchObject({
    labels: {
      alertname: 'LoopwrightDrift',
      model: 'bike',
      environment: 'production',
      kind: 'drift',
      subject: 'temp',
      severity: 'medium',
    },
    annotations: {
      summary: 'temp is distributed otherwise: D 0.62, floor 0.5, 1 240 rows',
      cost: '412.3 EUR a day (301 to 530.1)',
    },
    startsAt: '2011-10-10T00:00:00.000Z',
  });
  expect(Date.parse(alerts[0].endsAt)).toBeGreaterThan(Date.now() + 30 * DAY);
});

test('a resolved alert ends in the past, under either severity', async () => {
  const resolution = { by: 'person', at: '2011-10-12T00:00:00.000Z', evidence: 'mended' } as const;
  const { alerts } = await posted('resolved', { state: 'resolved', resolution });
  expect(alerts.map(({ labels }: any) => labels.severity)).toEqual(['medium', 'high']);
  for (const { endsAt } of alerts) expect(Date.parse(endsAt)).toBeLessThan(Date.now());
  const young = await posted('resolved', { state: 'resolved', at: new Date().toISOString() });
  for (const { startsAt, endsAt } of young.alerts) expect(endsAt).toBe(startsAt);
});

test('one that worsened goes on as high and ends as medium', async () => {
  const { alerts } = await posted('worsened', { severity: 'high', count: 2 });
  expect(alerts.map(({ labels, endsAt }: any) => [labels.severity, Date.parse(endsAt) > Date.now()])).toEqual([
    ['high', true],
    ['medium', false],
  ]);
  expect((await posted('acknowledged', { state: 'acknowledged' })).alerts).toHaveLength(1);
});

test.each(['am', 'am/'])('a path before the API stays: %s', async (path) => {
  expect((await posted('opened', {}, path)).path).toBe('/am/api/v2/alerts');
});
