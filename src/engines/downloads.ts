import { createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type * as Dry from 'mongodb-memory-server-core/lib/util/DryMongoBinary';
import type * as Url from 'mongodb-memory-server-core/lib/util/MongoBinaryDownloadUrl';
import type { Filled } from './cache';
import type { EngineName } from './catalogue';
import { findOnPath, runTool } from './run';

/** How long a vendor's server may stay silent. Where there is no internet a look-up can hang for minutes. */
const SILENCE_MS = 10_000;
const UNPACK_MS = 120_000;

interface Archive {
  readonly url: string;
  readonly file: string;
}

/** Downloads an engine from its vendor into `folder` and unpacks it there. */
export async function fetchFromVendor(
  name: EngineName,
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<Filled> {
  if ((await findOnPath('tar', environment)) === undefined) throw new Error('tar is not on PATH');
  const archive = name === 'mongod' ? await mongoArchive() : await temporalArchive(name);
  const packed = join(folder, 'archive.tgz');
  await download(archive.url, packed);
  await runTool('tar', ['-xzf', packed, '-C', folder], { environment, timeoutMs: UNPACK_MS });
  const entries = await readdir(folder, { recursive: true });
  const member = entries.find((entry) => entry === archive.file || entry.endsWith(`/${archive.file}`));
  if (member === undefined) throw new Error(`${archive.url} holds no ${archive.file}`);
  return { path: join(folder, member), version: /\d+\.\d+\.\d+/.exec(archive.url)?.[0] ?? '0.0.0' };
}

/**
 * Asks where Temporal keeps the executable, by the address that `@temporalio/testing` asks. The SDK itself is not
 * used: it starts the server at once, cannot be given a time-out, and does not tell where the executable lies.
 */
async function temporalArchive(name: EngineName): Promise<Archive> {
  const url = new URL(`https://temporal.download/${name === 'temporal' ? 'cli' : name}/default`);
  url.search = new URLSearchParams({
    platform: process.platform,
    arch: process.arch === 'x64' ? 'amd64' : process.arch,
    format: 'tar.gz',
    'sdk-name': 'sdk-typescript',
    'sdk-version': sdkVersion(),
  }).toString();
  const found: unknown = await fetchPatiently(url.href, (response) => response.json());
  if (typeof found === 'object' && found !== null && 'archiveUrl' in found && 'fileToExtract' in found) {
    return { url: String(found.archiveUrl), file: String(found.fileToExtract) };
  }
  throw new Error(`${url.href} gave no archiveUrl and fileToExtract`);
}

function sdkVersion(): string {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- @temporalio/testing is optional
  return (require('@temporalio/testing/package.json') as { version: string }).version;
}

/** Takes from `mongodb-memory-server-core` which archive suits this distribution; the download is ours. */
async function mongoArchive(): Promise<Archive> {
  /* eslint-disable @typescript-eslint/no-require-imports -- mongodb-memory-server-core is optional */
  const { DryMongoBinary } = require('mongodb-memory-server-core/lib/util/DryMongoBinary') as typeof Dry;
  const { MongoBinaryDownloadUrl } =
    require('mongodb-memory-server-core/lib/util/MongoBinaryDownloadUrl') as typeof Url;
  /* eslint-enable @typescript-eslint/no-require-imports */
  const options = await DryMongoBinary.generateOptions();
  return { url: await new MongoBinaryDownloadUrl(options).getDownloadUrl(), file: 'bin/mongod' };
}

async function download(url: string, file: string): Promise<void> {
  await fetchPatiently(url, async (response, alive) => {
    if (response.body === null) throw new Error(`${url} answered without a body`);
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    body.on('data', alive);
    await pipeline(body, createWriteStream(file));
  });
}

/** Fetches and gives up as soon as nothing has come for a while; a slow download that moves may take its time. */
async function fetchPatiently<T>(url: string, take: (response: Response, alive: () => void) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const silence = new Error(`${new URL(url).host} was silent for ${SILENCE_MS / 1000} s`);
  const timer = setTimeout(() => controller.abort(silence), SILENCE_MS);
  try {
    const response = await fetch(url, { signal: controller.signal });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    return await take(response, () => void timer.refresh());
  } catch (error) {
    throw new Error(`${url} could not be fetched`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
