import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Summary } from '../../src/contracts';

const run = promisify(execFile);

/** The built command. */
export const MAIN = join(__dirname, '../../lib/src/cli/main.js');

/** Builds the command, so that what is tested is what is run. */
export async function build(): Promise<void> {
  await run('npm', ['run', '-s', 'build'], { cwd: join(__dirname, '../..') });
}

/** What a command printed and how it ended. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command against the run's engines. */
export async function loopwright(...args: readonly string[]): Promise<Ended> {
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: process.env.LOOPWRIGHT_TEST_TEMPORAL,
    MONGODB_URI: process.env.LOOPWRIGHT_TEST_MONGODB,
  };
  try {
    const { stdout, stderr } = await run(process.execPath, [MAIN, ...args], { env, maxBuffer: 1 << 24 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended;
    return { code, stdout, stderr };
  }
}

/** Replays and returns the summary with what was printed. */
export async function demo(...args: readonly string[]): Promise<{ summary: Summary; stdout: string; report: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-test-'));
  try {
    const [json, page] = [join(folder, 'summary.json'), join(folder, 'report.html')];
    const { code, stdout, stderr } = await loopwright('demo', '--json', json, '--report', page, ...args);
    if (code !== 0) throw new Error(`demo ended with ${code}: ${stderr}\n${stdout.slice(-2_000)}`);
    return {
      summary: JSON.parse(await readFile(json, 'utf8')) as Summary,
      stdout,
      report: await readFile(page, 'utf8'),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A summary without what differs from run to run. */
export function comparable(summary: Summary): Omit<Summary, 'seconds' | 'historyEvents'> {
  const { seconds: _seconds, historyEvents: _events, ...rest } = summary;
  return rest;
}
