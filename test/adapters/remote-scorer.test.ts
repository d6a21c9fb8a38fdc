import { DeliveryError } from '../../src/adapters/http';
import { createRemoteScorer } from '../../src/adapters/remote-scorer';
import type { AllowedHost } from '../../src/schemas';
import { startReceiver } from '../support/receiver';
import type { Receiver } from '../support/receiver';
import { many } from '../support/rows';

let receiver: Receiver | null = null;
afterEach(async () => {
  await receiver?.close();
  receiver = null;
});

const features = ['b', 'a'];
const rowsOf = (n: number) => ({
  n,
  columns: new Map([
    ['a', Float64Array.from(many(n, (k) => k))],
    ['b', Float64Array.from(many(n, (k) => (k === 1 ? NaN : -k)))],
    ['c', new Float64Array(n)],
  ]),
});

/** Answers with these bodies, one after the other. */
async function answering(...bodies: readonly string[]): Promise<Receiver> {
  receiver = await startReceiver((response, nth) => response.end(bodies[nth - 1] ?? bodies.at(-1)!));
  return receiver;
}

const ask = (to: Receiver, n: number, hosts: readonly AllowedHost[] = [{ host: to.host, private: true }]) =>
  createRemoteScorer(hosts).score({ url: `${to.url}v1?k=1`, features }, rowsOf(n));

async function failureOf(work: Promise<unknown>): Promise<DeliveryError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DeliveryError);
  return error as DeliveryError;
}

test('rows are sent in the order of the model’s features, missing values as null', async () => {
  const to = await answering('{"scores":[0,0.5,1]}');
  expect([...(await ask(to, 3))]).toEqual([0, 0.5, 1]);
  expect(to.received).toMatchObject([{ method: 'POST', path: '/v1?k=1' }]);
  expect(JSON.parse(to.received[0]!.body)).toEqual({
    rows: [
      [0, 0],
      [null, 1],
      [-2, 2],
    ],
  });
});

test('a column that is not there is missing values', async () => {
  const to = await answering('{"scores":[0.5]}');
  const scorer = createRemoteScorer([{ host: to.host, private: true }]);
  await scorer.score({ url: to.url, features: ['gone', 'a'] }, rowsOf(1));
  expect(JSON.parse(to.received[0]!.body)).toEqual({ rows: [[null, 0]] });
});

test('no more than 1 000 rows are sent at once, and the scores come back in order', async () => {
  const scores = (n: number, score: number) => JSON.stringify({ scores: many(n, () => score) });
  const to = await answering(scores(1_000, 0.1), scores(1_000, 0.2), scores(500, 0.3));
  const scored = await ask(to, 2_500);
  expect([0, 999, 1_000, 1_999, 2_000, 2_499].map((row) => scored[row])).toEqual([0.1, 0.1, 0.2, 0.2, 0.3, 0.3]);
  expect(to.received.map(({ body }) => (JSON.parse(body) as { rows: unknown[] }).rows.length)).toEqual([
    1_000, 1_000, 500,
  ]);
});

test('no row is no question', async () => {
  const to = await answering('{}');
  expect(await ask(to, 0)).toEqual(new Float64Array());
  expect(to.connections()).toBe(0);
});

test.each([
  ['too few scores', '{"scores":[0.5]}', '1 scores: expected scores, 2 probabilities'],
  ['too many scores', '{"scores":[0.5,0.5,0.5]}', '3 scores'],
  ['no scores', '{"score":[0.5,0.5]}', 'no list of scores'],
  ['null', 'null', 'no list of scores'],
  ['a score above 1', '{"scores":[0.5,1.5]}', 'scores.1 1.5: expected a probability'],
  ['a score below 0', '{"scores":[-0.1,0.5]}', 'scores.0 -0.1'],
  ['a missing score', '{"scores":[0.5,null]}', 'scores.1 null'],
  ['a score in words', '{"scores":["0.5",0.5]}', 'scores.0 "0.5"'],
  ['a score without end', '{"scores":[1e999,0.5]}', 'scores.0 null'],
  ['no JSON', '<html>', 'answered no JSON'],
  ['more than it may', `{"scores":[0.5,0.5],"more":"${'x'.repeat(70_000)}"}`, 'answered more than 64000 bytes'],
])('%s is no answer, and asking again is of no use', async (_, body, words) => {
  const { message, nonRetryable } = await failureOf(ask(await answering(body), 2));
  expect(message).toContain(words);
  expect(nonRetryable).toBe(true);
});

test('an answer that is broken off is asked for again', async () => {
  receiver = await startReceiver((response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"scores":');
    setImmediate(() => response.destroy());
  });
  const { message, nonRetryable } = await failureOf(ask(receiver, 1));
  expect(message).toContain('broke its answer off');
  expect(nonRetryable).toBe(false);
});

test.each([
  [307, true],
  [404, true],
  [503, false],
])('status %d is a failure, lasting: %s', async (status, lasting) => {
  receiver = await startReceiver((response) => response.writeHead(status, { location: '/x' }).end('{"scores":[0.5]}'));
  expect((await failureOf(ask(receiver, 1))).nonRetryable).toBe(lasting);
  expect(receiver.received).toHaveLength(1);
});

test('a host that is not listed is not asked', async () => {
  const to = await answering('{"scores":[0.5]}');
  for (const hosts of [[], ['scores.example.com']]) {
    const { message, nonRetryable } = await failureOf(ask(to, 1, hosts));
    expect(message).toContain(`${to.host} is no host of a remote scorer`);
    expect(message).toContain(hosts[0] ?? 'none');
    expect(message).not.toContain('k=1');
    expect(nonRetryable).toBe(true);
  }
  expect(to.connections()).toBe(0);
});

test('a private address is not asked unless it is listed as one', async () => {
  const to = await answering('{"scores":[0.5]}');
  expect((await failureOf(ask(to, 1, [to.host]))).message).toContain('private address 127.0.0.1');
  expect(to.connections()).toBe(0);
});
