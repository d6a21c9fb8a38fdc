import { inProcess } from './cli';
import type { TestLoop } from './environment';

/** What the doctor says. */
export interface Seen {
  readonly code: number;
  readonly findings: any[];
  readonly bad: any[];
  readonly repairs: any[];
}

/** Runs the doctor on a loop. */
export async function look(loop: TestLoop, ...args: string[]): Promise<Seen> {
  const where = ['--database', loop.db.databaseName, '--mongodb', process.env.LOOPWRIGHT_TEST_MONGODB!];
  const { stdout, stderr } = await inProcess('doctor', ...where, ...args, '--task-queue', loop.taskQueue, '--json');
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  if (stdout === '') throw new Error(stderr);
  const printed = JSON.parse(stdout);
  const findings = Array.isArray(printed) ? printed : printed.findings;
  return { code, findings, bad: findings.filter((each: any) => each.state === 'bad'), repairs: printed.repairs ?? [] };
}

/** Finds what was planted, mends it, and finds nothing afterwards. */
export async function findAndMend(loop: TestLoop, ...checks: string[]): Promise<void> {
  const before = await look(loop);
  expect(before.bad.map(({ check }) => check).sort()).toEqual([...checks].sort());
  expect(before.bad.every(({ repair, command }) => repair.length > 0 && command === 'loopwright doctor --repair')).toBe(
    true,
  );
  expect(before.code).toBe(1);
  const { repairs, bad, code } = await look(loop, '--repair');
  expect(repairs.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
  expect(bad).toEqual([]);
  expect(code).toBe(0);
  expect((await look(loop)).bad).toEqual([]);
}

/** A target as the doctor names it. */
export const place = (model: string) => `${model} in production`;
