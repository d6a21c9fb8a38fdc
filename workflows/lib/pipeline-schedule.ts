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
  try {
    // A run that was cancelled before it began begins nothing.
    await condition(() => true);
    for (;;) {
      run.changed = false;
      const { waits, lacksSlot, isUnrecorded } = decide(run, slots, begin);
      // What it is given is rendered from what is recorded.
      if (isUnrecorded) await run.record();
      // Ending one stage may let others end at once, as a chain of skipped ones does.
      if (isUnrecorded || run.changed) continue;
      run.show();
      if (run.working.size === 0 && run.meter.isFull()) return 'full';
      if (run.working.size === 0 && waits.length === 0) return 'done';
      const until = waits.flatMap((stage) => run.approvalUntil(stage) ?? []).sort()[0] ?? null;
      await clock.waitUntil(until, () => run.changed || crash.length > 0 || (lacksSlot && slots.isFree));
      if (crash.length > 0) throw crash[0];
    }
  } catch (error) {
    run.stopping = true;
    const stopped = run.opened.stages.filter(({ name }) => run.working.has(name));
    // What runs is told to stop; nothing is undone while it may still work.
    CancellationScope.current().cancel();
    await CancellationScope.nonCancellable(() => condition(() => run.working.size === 0));
    for (const stage of stopped.filter(({ name }) => run.endOf(name) === null))
      run.end(stage, { outcome: 'failed', source: 'run', reason: 'stopped before it ended' });
    throw error;
  }
}

interface Decided {
  /** Stages that wait for a person. */
  readonly waits: readonly RunStage[];
  /** Whether a stage waits for its turn. */
  readonly lacksSlot: boolean;
  /** Whether a stage waits until what it needs is recorded. */
  readonly isUnrecorded: boolean;
}

/** Ends and begins what can be. A stage begins when there is a slot for it: what has not begun needs no undoing. */
function decide(run: PipelineRun, slots: Slots, begin: (stage: RunStage) => void): Decided {
  const waits: RunStage[] = [];
  let [lacksSlot, isUnrecorded] = [false, false];
  for (const { stage, gate } of run.ready()) {
    if (gate.gate !== 'run') {
      run.end(stage, { outcome: gate.gate === 'skip' ? 'skipped' : 'failed', reason: gate.reason });
      continue;
    }
    const word = wordOn(run, stage);
    if (word === 'waits') waits.push(stage);
    else if (word !== null && !word.approved) run.end(stage, { outcome: 'failed', reason: refused(word) });
    else if (run.meter.isFull()) continue;
    else if (!slots.isFree) lacksSlot = true;
    else if (stage.needs.some((need) => run.isUnrecorded(need))) isUnrecorded = true;
    else begin(stage);
  }
  return { waits, lacksSlot, isUnrecorded };
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
