import { startAlertingMonitor } from '../support/alerting';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { startReceiver } from '../support/receiver';
import type { Receiver } from '../support/receiver';

jest.setTimeout(240_000);

let receiver: Receiver;
let loop: TestLoop;
beforeAll(async () => {
  receiver = await startReceiver((response, nth) => {
    response.writeHead(nth === 1 ? 503 : 200);
    response.end();
  });
  loop = await startTestLoop({
    alerts: {
      sinks: {
        ops: { kind: 'webhook', url: `${receiver.url}ops`, secret: 'a secret of some length' },
        own: { deliver: () => Promise.reject(Object.assign(new Error('the room is closed'), { nonRetryable: true })) },
      },
      hosts: [{ host: receiver.host, private: true }],
    },
  });
});
afterAll(async () => {
  await loop.close();
  await receiver.close();
});

test('an alert of a monitor and what becomes of it reach a webhook, in order and under one key each', async () => {
  const { model } = loop;
  await startAlertingMonitor(loop, model, { alerts: { sinks: ['ops', 'own'] } });
  await eventually(() => receiver.received.length >= 2);
  const [{ fingerprint } = { fingerprint: '' }] = await loop.client.alerts.list({ model });
  await loop.client.alerts.acknowledge(fingerprint, { who: 'ann' });
  await loop.client.alerts.resolve(fingerprint, { who: 'ann' });
  await eventually(() => receiver.received.length >= 4);
  const sent = receiver.received.map(({ body, headers }) => ({
    ...JSON.parse(body),
    header: headers['idempotency-key'],
  }));
  expect(sent.map(({ event, alert }) => [event, alert.state])).toEqual([
    ['opened', 'open'],
    ['opened', 'open'],
    ['acknowledged', 'acknowledged'],
    ['resolved', 'resolved'],
  ]);
  expect(sent[0].key).toBe(sent[1].key);
  expect(new Set(sent.map(({ key }) => key)).size).toBe(3);
  for (const { key, header, target } of sent) {
    expect(header).toBe(key);
    expect(target).toEqual({ model, environment: 'production' });
  }
  // The status says what could not be delivered.
  await eventually(async () =>
    ((await loop.client.monitors.status({ model })).failure ?? '').includes('the room is closed'),
  );
});

test('a monitor that names a sink the worker lacks does not start, one that runs is not changed', async () => {
  const model = `${loop.model}-2`;
  await startAlertingMonitor(loop, model);
  await expect(
    loop.client.monitors.configure({ model }, { alerts: { sinks: ['opps'], groupFrom: 3 } }),
  ).rejects.toThrow('alerts.sinks.0 is "opps": expected a sink of this worker: ops, own');
  const other = `${loop.model}-3`;
  await expect(startAlertingMonitor(loop, other, { alerts: { sinks: ['opps'] } })).rejects.toThrow();
  await expect(loop.client.monitors.handle({ model: other }).result()).rejects.toMatchObject({
    cause: { cause: { type: 'loopwright.InvalidSpec' } },
  });
});
