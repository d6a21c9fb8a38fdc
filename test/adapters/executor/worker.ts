/** A worker in a process of its own that carries out one job, to be killed over it. */
import { join } from 'node:path';
import { createImages, watch } from '../../../src/adapters/executor';
import type { PipelineSettings } from '../../../src/contracts';
import { contextOf, jobOf } from './job';

/** What the process is told. */
export interface WorkerTask {
  readonly settings: PipelineSettings;
  readonly root: string;
  readonly command: readonly string[];
  /** Whether the watchdog is to remove the root, was told not to after all, or was never told. */
  readonly folder: 'watched' | 'forgotten' | 'unknown';
}

process.once('message', ({ settings, root, command, folder }: WorkerTask) => {
  const job = {
    ...jobOf({ root, command }),
    log: (chunk: Uint8Array | string) => process.send!(Buffer.from(chunk as Uint8Array).toString()),
  };
  const forget = folder === 'unknown' ? undefined : watch({ folder: root });
  if (folder === 'forgotten') forget?.();
  // Its end tells that the watchdog has got so far.
  watch({ folder: join(root, 'loopwright') });
  const executor = createImages(settings).executorOf(job.image)!;
  executor.run(job, contextOf().context).then(
    (exit) => process.send!(`exit ${exit.code}`),
    (error: unknown) => process.send!(String(error)),
  );
});
// Whoever started it is gone: so is what it was started for.
process.once('disconnect', () => process.exit());
