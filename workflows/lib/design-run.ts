import { CancellationScope, continueAsNew, isCancellation } from '@temporalio/workflow';
import type { DesignResult, RunDesignInput } from '../../src/contracts';
import { checkSpec } from './activities';
import { Design } from './design';
import { DESIGN_UPDATES, DesignMessages } from './design-messages';
import { showDesign } from './design-page';
import { initialDesign } from './design-state';
import { EarlyUpdates } from './early';
import { RunMeter, runLoop } from './loop';

/** Runs a designed experiment to its end, from run to run. */
export async function runDesign(input: RunDesignInput): Promise<DesignResult> {
  const updates = new EarlyUpdates(DESIGN_UPDATES);
  const design = input.state === undefined ? await checkSpec('design', input.design) : input.design;
  const experiment = new Design(design, input.state ?? initialDesign());
  const meter = new RunMeter();
  new DesignMessages(experiment, meter, updates);
  const failures: Error[] = [];
  const end = await CancellationScope.cancellable(async () =>
    runLoop(
      {
        pending: () => experiment.pending(),
        done: () => experiment.result !== null,
        // Months of checks that are due at once are more than a run bears: the rest goes on in the next one.
        resumes: true,
        act: async () => {
          await experiment.act();
          showDesign(experiment);
        },
        wait: async (wake) => {
          showDesign(experiment);
          const due = experiment.next()?.at ?? null;
          // A person may move what is due next: the timer is set again.
          await experiment.clock.waitUntil(due, () => wake() || (experiment.next()?.at ?? null) !== due);
        },
      },
      meter,
    ),
  ).catch(async (error: unknown) => {
    await experiment.cancel(isCancellation(error) ? 'cancelled' : `failed: ${causeOf(error)}`);
    showDesign(experiment);
    if (isCancellation(error)) throw error;
    failures.push(error as Error);
    return 'done' as const;
  });
  if (end === 'full') await continueAsNew<typeof runDesign>({ design, state: experiment.state });
  for (const failure of failures) throw failure;
  return experiment.result!;
}

function causeOf(error: unknown): string {
  const { message, cause } = error as Error;
  return (cause instanceof Error ? cause.message : message).slice(0, 500);
}
