import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STAGE_PATHS } from '../../contracts';
import type { ExecutorSettings, StageExecutor } from '../../contracts';
import { redacting } from './redact';

/**
 * Carries out stages by a function of the worker. It is given the signal, and nobody can end it but itself: an aborted
 * run waits until it has returned. What it throws is thrown as it is.
 */
export function createFunctionExecutor({
  version,
  run,
}: Extract<ExecutorSettings, { kind: 'function' }>): StageExecutor {
  return {
    kind: 'function',
    contained: false,
    version: () => Promise.resolve(`function/${version}`),
    run: async ({ told, command, args, secrets, root, log }, context) => {
      context.signal.throwIfAborted();
      const clean = redacting(Object.values(secrets), log);
      const said = await run(
        {
          ...told,
          command,
          args,
          secrets,
          folder: join(root, STAGE_PATHS.work),
          log: (line) => clean.write(`${line}\n`),
        },
        context,
      ).finally(() => clean.end());
      context.signal.throwIfAborted();
      if (said?.metrics !== undefined) await writeFile(join(root, STAGE_PATHS.metrics), JSON.stringify(said.metrics));
      return { code: 0 };
    },
  };
}
