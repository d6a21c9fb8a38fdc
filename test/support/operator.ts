import { inProcess } from './cli';
import type { Ended } from './cli';
import type { TestLoop } from './environment';

/** The command as an operator of a test's loop runs it. */
export interface Operator {
  run(...args: readonly string[]): Promise<Ended>;
  /** What it prints with `--json`. */
  json(...args: readonly string[]): Promise<any>;
  /** What it says as it refuses. */
  refusal(...args: readonly string[]): Promise<string>;
}

/** Gives every command the addresses of a loop. */
export function operatorOf(loop: TestLoop): Operator {
  const run = (...args: readonly string[]): Promise<Ended> =>
    inProcess(...args, '--database', loop.db.databaseName, '--mongodb', process.env.LOOPWRIGHT_TEST_MONGODB!);
  return {
    run,
    json: async (...args) => {
      const { code, stdout, stderr } = await run(...args, '--json');
      if (code !== 0) throw new Error(stderr);
      return JSON.parse(stdout);
    },
    refusal: async (...args) => {
      const { code, stdout, stderr } = await run(...args);
      expect(code).toBe(1);
      expect(stdout).toBe('');
      return stderr;
    },
  };
}
