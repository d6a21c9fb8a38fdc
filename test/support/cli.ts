import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CommanderError } from 'commander';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/main';
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

/** Runs the command inside the test's process, from source: a new process for each would take most of the time. */
export async function inProcess(...args: readonly string[]): Promise<Ended> {
  const [out, err]: [string[], string[]] = [[], []];
  const program = createProgram();
  for (const each of commandsOf(program)) {
    each.exitOverride().configureOutput({ writeOut: (text) => out.push(text), writeErr: (text) => err.push(text) });
  }
  const written = jest.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);
  const before = process.env.TEMPORAL_ADDRESS;
  process.env.TEMPORAL_ADDRESS = process.env.LOOPWRIGHT_TEST_TEMPORAL;
  try {
    await program.parseAsync(args, { from: 'user' });
    return { code: 0, stdout: out.join(''), stderr: err.join('') };
  } catch (error) {
    // Commander has said what is wrong; anything else is said by the caller of the program.
    if (!(error instanceof CommanderError)) err.push(`loopwright: ${(error as Error).message}\n`);
    return { code: 1, stdout: out.join(''), stderr: err.join('') };
  } finally {
    written.mockRestore();
    if (before === undefined) delete process.env.TEMPORAL_ADDRESS;
    else process.env.TEMPORAL_ADDRESS = before;
  }
}

function commandsOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
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
