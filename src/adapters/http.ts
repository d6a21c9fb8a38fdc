import { lookup } from 'node:dns';
import type { LookupAddress, LookupOptions } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { isPrivateAddress } from './addresses';

/** From the first look-up to the answer's head. */
const TIMEOUT_MS = 10_000;
/** Of an answer's body where nothing in it is used. */
const BODY_LIMIT = 64 * 1024;

/** Something that was not taken. The message names the host only: an address may hold a secret. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  /** Whether asking again is of no use; Temporal's failures say it by the same name. */
  readonly nonRetryable: boolean;

  constructor(message: string, nonRetryable: boolean) {
    super(message);
    this.nonRetryable = nonRetryable;
  }
}

/** Where something is sent, and how. */
export interface Endpoint {
  readonly url: URL;
  /** Whether it may be on a private or loopback address. */
  readonly allowPrivate: boolean;
  /** Default 10 s. */
  readonly timeoutMs?: number | undefined;
}

/**
 * POSTs JSON. A redirect is a failure, never followed; a name is checked as it is resolved for this very connection,
 * so an answer that changes between two look-ups gains nothing.
 * @throws DeliveryError lasting for 3xx, 4xx other than 408 and 429, and private addresses; passing otherwise
 */
export async function postJson(
  endpoint: Endpoint,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  await send(endpoint, body, headers, BODY_LIMIT);
}

/**
 * POSTs JSON and returns the JSON of the answer, under the same rules.
 * @param limit bytes that the answer may have
 * @throws DeliveryError like `postJson`; lasting too for an answer that is too long or no JSON
 */
export async function askJson(endpoint: Endpoint, body: string, limit: number): Promise<unknown> {
  const { host } = endpoint.url;
  const answer = await send(endpoint, body, {}, limit);
  if (answer.tooLong) throw new DeliveryError(`${host} answered more than ${limit} bytes`, true);
  if (!answer.complete) throw new DeliveryError(`${host} broke its answer off`, false);
  try {
    return JSON.parse(answer.body.toString('utf8'));
  } catch {
    throw new DeliveryError(`${host} answered no JSON`, true);
  }
}

async function send(
  endpoint: Endpoint,
  body: string,
  headers: Readonly<Record<string, string>>,
  limit: number,
): Promise<Answer> {
  const { host } = endpoint.url;
  const literal = privateLiteral(endpoint);
  if (literal !== null) throw refused(host, literal);
  const answer = await exchange(endpoint, body, headers, limit);
  const { status } = answer;
  if (status >= 200 && status < 300) return answer;
  if (status >= 300 && status < 400)
    throw new DeliveryError(`${host} answered ${status}: redirects are not followed`, true);
  const passing = status >= 500 || status === 408 || status === 429;
  throw new DeliveryError(`${host} answered ${status}`, !passing);
}

/** The private address that an endpoint names and may not use; an address is not looked up, so look-ups miss it. */
export function privateLiteral({ url, allowPrivate }: Endpoint): string | null {
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  return !allowPrivate && isIP(literal) !== 0 && isPrivateAddress(literal) ? literal : null;
}

/** An answer's status, and its body as far as it came. */
interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly complete: boolean;
  readonly tooLong: boolean;
}

function exchange(
  endpoint: Endpoint,
  body: string,
  headers: Readonly<Record<string, string>>,
  limit: number,
): Promise<Answer> {
  const { url, allowPrivate, timeoutMs = TIMEOUT_MS } = endpoint;
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    let answer: (() => Answer) | undefined;
    const sent = request(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      // An agent of its own: the shared one may be told by the environment to go through a proxy.
      agent: false,
      signal,
      ...(allowPrivate ? {} : { lookup: publicLookup(url.host) }),
    });
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      let read = 0;
      const soFar = (answer = () => ({
        status: response.statusCode ?? 0,
        body: Buffer.concat(chunks),
        complete: response.complete,
        tooLong: read > limit,
      }));
      response.on('data', (chunk: Buffer) => {
        read += chunk.length;
        if (read > limit) response.destroy();
        else chunks.push(chunk);
      });
      // However the body ends, there is an answer.
      response.on('error', () => resolve(soFar()));
      response.on('close', () => resolve(soFar()));
    });
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (answer !== undefined) resolve(answer());
      else if (error instanceof DeliveryError) reject(error);
      else if (signal.aborted) reject(new DeliveryError(`${url.host} did not answer within ${timeoutMs} ms`, false));
      else reject(new DeliveryError(`${url.host} is not reached: ${error.code ?? error.name}`, false));
    });
    sent.end(body);
  });
}

/** A look-up that refuses a name as soon as one of its addresses is private. */
function publicLookup(host: string): LookupFunction {
  return (hostname: string, options: LookupOptions, callback: Parameters<LookupFunction>[2]) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      const found = error === null ? addresses.find(({ address }) => isPrivateAddress(address)) : undefined;
      if (error !== null) callback(error, '');
      else if (found !== undefined) callback(refused(host, found.address), '');
      else if (options.all === true) callback(null, addresses);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

function refused(host: string, address: string): DeliveryError {
  return new DeliveryError(
    `${host} is at the private address ${address}: list it as { host, private: true } if it may be sent to`,
    true,
  );
}
