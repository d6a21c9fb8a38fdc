import { createHmac } from 'node:crypto';
import { webhookSink } from '../../../src/adapters/alert/webhook';
import { notification } from '../../support/alerts';
import { startReceiver } from '../../support/receiver';

const SECRET = 'a secret of some length';

test('the signature verifies over timestamp and body, the key goes along', async () => {
  const receiver = await startReceiver();
  const before = Math.floor(Date.now() / 1_000);
  const given = notification({ subject: 'zoë & <co>' }, { key: 'k1' });
  await webhookSink({ url: new URL(receiver.url), allowPrivate: true }, SECRET).deliver(given);
  const { headers, body } = receiver.received[0]!;
  const timestamp = String(headers['x-loopwright-timestamp']);
  expect(Number(timestamp)).toBeGreaterThanOrEqual(before);
  expect(Number(timestamp)).toBeLessThanOrEqual(Date.now() / 1_000);
  const signature = createHmac('sha256', SECRET).update(`${timestamp}.${body}`).digest('hex');
  expect(headers['x-loopwright-signature']).toBe(`sha256=${signature}`);
  expect(headers['idempotency-key']).toBe('k1');
  expect(JSON.parse(body)).toEqual({ ...given });
  await receiver.close();
});
