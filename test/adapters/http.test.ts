import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { DeliveryError, postJson } from '../../src/adapters/http';
import type { Endpoint } from '../../src/adapters/http';
import { startReceiver } from '../support/receiver';
import type { Receiver } from '../support/receiver';

let receiver: Receiver | null = null;
afterEach(async () => {
  await receiver?.close();
  receiver = null;
});

const endpoint = (url: string, rest: Partial<Endpoint> = {}): Endpoint => ({
  url: new URL(url),
  allowPrivate: true,
  ...rest,
});

async function failureOf(work: Promise<void>): Promise<DeliveryError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DeliveryError);
  return error as DeliveryError;
}

test('JSON is posted with its length and the headers given', async () => {
  receiver = await startReceiver();
  await postJson(endpoint(`${receiver.url}a/b?c=d`), '{"ä":1}', { 'X-One': '1' });
  expect(receiver.received).toMatchObject([
    {
      method: 'POST',
      path: '/a/b?c=d',
      body: '{"ä":1}',
      headers: { 'content-type': 'application/json', 'content-length': '8', 'x-one': '1' },
    },
  ]);
});

test.each([
  [301, true],
  [302, true],
  [307, true],
  [308, true],
  [400, true],
  [403, true],
  [404, true],
  [410, true],
  [408, false],
  [429, false],
  [500, false],
  [503, false],
])('an answer of %d is lasting: %s, and tells no path', async (status, lasting) => {
  receiver = await startReceiver((response) => {
    response.writeHead(status, { location: '/elsewhere' });
    response.end('no');
  });
  const { message, nonRetryable } = await failureOf(postJson(endpoint(`${receiver.url}services/T0/B0/secret`), '{}'));
  expect(nonRetryable).toBe(lasting);
  expect(message).toContain(`${receiver.host} answered ${status}`);
  expect(message).not.toContain('secret');
});

test('a redirect is not followed', async () => {
  const other = await startReceiver();
  receiver = await startReceiver((response) => {
    response.writeHead(307, { location: other.url });
    response.end();
  });
  await failureOf(postJson(endpoint(receiver.url), '{}'));
  expect(receiver.received).toHaveLength(1);
  expect(other.connections()).toBe(0);
  await other.close();
});

test.each(['127.0.0.1', '2130706433', '0177.0.0.1', '0x7f.1', '127.1', 'localhost', '[::ffff:127.0.0.1]'])(
  '%s is refused before a connection is opened',
  async (name) => {
    receiver = await startReceiver();
    const url = receiver.url.replace('127.0.0.1', name);
    // The same address is reached once it is allowed, so the refusal is not another failure.
    await postJson(endpoint(url), '{}');
    expect(receiver.connections()).toBe(1);
    const { message, nonRetryable } = await failureOf(postJson(endpoint(url, { allowPrivate: false }), '{}'));
    expect(nonRetryable).toBe(true);
    expect(message).toMatch(/private address (127\.0\.0\.1|::1|::ffff:7f00:1)/);
    expect(receiver.connections()).toBe(1);
  },
);

test.each(['[::1]', '10.0.0.1', '169.254.169.254', '192.168.0.1', '100.64.0.1', '0.0.0.0', '[fe80::1]', '[ff02::1]'])(
  '%s is refused',
  async (name) => {
    const { message, nonRetryable } = await failureOf(
      postJson(endpoint(`http://${name}/`, { allowPrivate: false }), '{}'),
    );
    expect(nonRetryable).toBe(true);
    expect(message).toContain('private address');
  },
);

test('a server that does not answer is given up, and may be asked again', async () => {
  receiver = await startReceiver(() => undefined);
  const { message, nonRetryable } = await failureOf(postJson(endpoint(receiver.url, { timeoutMs: 100 }), '{}'));
  expect(nonRetryable).toBe(false);
  expect(message).toBe(`${receiver.host} did not answer within 100 ms`);
});

test('an answer that never ends is cut off, its status counts', async () => {
  let sent = 0;
  let closed: () => void;
  const ended = new Promise<void>((resolve) => (closed = resolve));
  receiver = await startReceiver((response) => {
    response.on('close', () => closed());
    response.on('error', () => undefined);
    const more = () => {
      if (response.destroyed) return;
      response.write(Buffer.alloc(16_384), more);
      sent += 16_384;
    };
    more();
  });
  await postJson(endpoint(receiver.url), '{}');
  await ended;
  expect(sent).toBeGreaterThan(64 * 1024);
});

test('an answer whose body stalls counts by its status', async () => {
  receiver = await startReceiver((response) => {
    response.writeHead(200);
    response.write('half');
  });
  await postJson(endpoint(receiver.url, { timeoutMs: 200 }), '{}');
});

test('nobody there, no such name, and no HTTP are passing', async () => {
  receiver = await startReceiver();
  const { url, host } = receiver;
  await receiver.close();
  receiver = null;
  expect(await failureOf(postJson(endpoint(url), '{}'))).toMatchObject({
    nonRetryable: false,
    message: `${host} is not reached: ECONNREFUSED`,
  });
  expect(await failureOf(postJson(endpoint('http://nowhere.invalid/'), '{}'))).toMatchObject({ nonRetryable: false });
  const garbage = createServer((socket) => socket.resume().end('hello\r\n\r\n'));
  await new Promise<void>((resolve) => garbage.listen(0, '127.0.0.1', resolve));
  const { port } = garbage.address() as AddressInfo;
  expect(await failureOf(postJson(endpoint(`http://127.0.0.1:${port}/`), '{}'))).toMatchObject({ nonRetryable: false });
  await new Promise((resolve) => garbage.close(resolve));
});

test('https is spoken where it is asked for', async () => {
  receiver = await startReceiver();
  const failure = await failureOf(postJson(endpoint(receiver.url.replace('http:', 'https:')), '{}'));
  expect(failure.message).toContain('is not reached');
  expect(receiver.received).toEqual([]);
});
