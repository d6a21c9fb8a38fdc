import { CancellationScope, condition } from '@temporalio/workflow';
import type { RunStage, StageWord } from '../../src/contracts';
import { iso, ms } from '../../src/domain/time';
import { Clock } from './clock';
import type { PipelineRun } from './pipeline';
import { Slots } from './pipeline-slots';
import { executeStage } from './pipeline-stage';

const clock = new Clock('wall', () => null);

/**
 * Runs what may run until all stages have ended. A full history begins no new stage: what runs ends, and the run goes
 * on in a new one.
 */
export async function schedule(run: PipelineRun): Promise<'done' | 'full'> {
  const slots = new Slots(run.opened.parallelism);
  const crash: unknown[] = [];
  const begin = (stage: RunStage): void => {
    run.working.add(stage.name);
    if (!run.begun.includes(stage.name)) run.begun.push(stage.name);
    void executeStage(run, stage, slots)
      .then((end) => {
        run.working.delete(stage.name);
        run.end(stage, end);
      })
      .catch((error: unknown) => {
        run.working.delete(stage.name);
        crash.push(error);
      });
  };
  for (;;) {
    run.changed = false;
    const waits = decide(run, begin);
    // Ending one stage may let others end at once, as a chain of skipped ones does.
    if (run.changed) continue;
    run.show();
    if (run.working.size === 0 && run.meter.isFull()) return 'full';
    if (run.working.size === 0 && waits.length === 0) return 'done';
    const until = waits.flatMap((stage) => run.approvalUntil(stage) ?? []).sort()[0] ?? null;
    try {
      await clock.waitUntil(until, () => run.changed || crash.length > 0);
    } catch (error) {
      // What runs has been told to stop; nothing is undone while it may still work.
      await CancellationScope.nonCancellable(() => condition(() => run.working.size === 0));
      throw error;
    }
    if (crash.length > 0) throw crash[0];
  }
}

/** Ends and begins what can be; returns the stages that wait for a person. */
function decide(run: PipelineRun, begin: (stage: RunStage) => void): RunStage[] {
  const waits: RunStage[] = [];
  for (const { stage, gate } of run.ready()) {
    if (gate.gate !== 'run') {
      run.end(stage, { outcome: gate.gate === 'skip' ? 'skipped' : 'failed', reason: gate.reason });
      continue;
    }
    const word = wordOn(run, stage);
    if (word === 'waits') waits.push(stage);
    else if (word !== null && !word.approved) run.end(stage, { outcome: 'failed', reason: refused(word) });
    else if (!run.meter.isFull()) begin(stage);
  }
  return waits;
}

/** What a person said; null where none is asked; one who is waited for too long has rejected. */
function wordOn(run: PipelineRun, stage: RunStage): StageWord | 'waits' | null {
  const { name, approval } = stage;
  if (approval === undefined) return null;
  if (Object.hasOwn(run.words, name)) return run.words[name]!;
  if (!Object.hasOwn(run.asked, name)) {
    run.asked[name] = iso(Date.now());
    run.touch();
  }
  const until = run.approvalUntil(stage);
  if (until === null || ms(until) > Date.now()) return 'waits';
  run.words[name] = { approved: false, who: 'the time-out', reason: `nobody approved it by ${until}` };
  return run.words[name];
}

function refused({ who, reason }: StageWord): string {
  return `rejected by ${who}: ${reason}`;
}
