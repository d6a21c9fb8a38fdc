import { createHmac } from 'node:crypto';
import type { AlertSink } from '../../contracts';
import { postJson } from '../http';
import type { Endpoint } from '../http';

/**
 * POSTs notifications as JSON. The receiver computes HMAC-SHA-256 over `{timestamp}.{body}` with the secret, compares
 * it with the signature in constant time, refuses an old timestamp, and takes each `Idempotency-Key` once.
 */
export function webhookSink(endpoint: Endpoint, secret: string): AlertSink {
  return {
    deliver: ({ key, event, target, alert }) => {
      const body = JSON.stringify({ key, event, target, alert });
      const timestamp = String(Math.floor(Date.now() / 1_000));
      return postJson(endpoint, body, {
        'X-Loopwright-Timestamp': timestamp,
        'X-Loopwright-Signature': `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`,
        'Idempotency-Key': key,
      });
    },
  };
}
