import { condition, continueAsNew, setHandler, setWorkflowOptions } from '@temporalio/workflow';
import * as contracts from '../src/contracts';
import type { ImpactState, Settled, TrackImpactInput } from '../src/contracts';
import * as impact from '../src/domain/impact';
import { activities, checkSpec, SHORT } from './lib/activities';
import { EarlyUpdates } from './lib/early';
import { checkPerson, checkWatermark, conflict, isRecord, readWatermark, refuseUnless } from './lib/guards';
import { Tracker } from './lib/impact';
import { RunMeter, runLoop, Serial } from './lib/loop';
import { versioned } from './lib/versioning';

const run = activities(SHORT);

const UPDATES = [contracts.advanceImpactUpdate, contracts.configureImpactUpdate, contracts.closeImpactUpdate];

/** It lives for months and is read again after every deployment of its worker. */
const TRACKER_EVENTS = 750;

setWorkflowOptions(versioned('AUTO_UPGRADE'), trackImpact);

/**
 * Follows what a model's recommendations earn: day by day it closes the attribution windows that are over, and writes
 * each month's report, again where late revenue changes it.
 */
export async function trackImpact(input: TrackImpactInput): Promise<void> {
  const updates = new EarlyUpdates(UPDATES);
  const meter = new RunMeter(TRACKER_EVENTS);
  let early = false;
  let tracker: Tracker | null = null;
  setHandler(
    contracts.eventsRecordedSignal,
    () => {
      meter.countSignal();
      if (tracker === null) early = true;
      else tracker.nudge();
    },
    { description: 'Events were written: reports that they change are written now, not at the end of the day.' },
  );
  tracker = new Tracker(await stateOf(input));
  if (early) tracker.nudge();
  setHandler(contracts.impactStatusQuery, () => impact.statusOf(tracker.state), {
    description: 'Where the tracker stands: control groups, months, what comes next.',
  });
  handleDecisions(tracker, meter, updates);
  tracker.show();
  const parts = {
    pending: () => tracker.pending(),
    done: () => tracker.state.closed !== null,
    act: () => tracker.act(),
    wait: (wake: () => boolean) => tracker.wait(wake),
  };
  if ((await runLoop(parts, meter)) === 'done') return;
  await continueAsNew<typeof trackImpact>({ spec: tracker.state.spec, state: tracker.state });
}

async function stateOf(input: TrackImpactInput): Promise<ImpactState> {
  if (input?.state !== undefined) return input.state;
  const spec = await checkSpec('impact', (input as Partial<TrackImpactInput> | undefined)?.spec);
  return impact.initialState(spec, await run.openImpact({ spec }, `track ${spec.model}`));
}

function handleDecisions(tracker: Tracker, meter: RunMeter, updates: EarlyUpdates): void {
  const one = new Serial();
  updates.set(
    contracts.advanceImpactUpdate,
    async (fact): Promise<Settled> => {
      meter.countUpdate();
      const { at } = readWatermark(fact)!;
      const { watermark } = tracker.state;
      if (watermark === null || at > watermark) tracker.state = { ...tracker.state, watermark: at };
      await condition(() => tracker.state.closed !== null || !due(tracker));
      const { settledThrough, nextDueAt } = impact.statusOf(tracker.state);
      return { settledThrough, nextDueAt };
    },
    {
      description: 'Moves the data clock and returns when the windows that are over by then are closed.',
      validator: (fact) => {
        checkWatermark(fact);
        const { clock } = tracker.state.spec;
        refuseUnless(clock === 'data', 'clock', clock, 'a tracker on the data clock');
      },
    },
  );
  updates.set(
    contracts.configureImpactUpdate,
    async (change) => {
      meter.countUpdate();
      return one.run(async () => {
        // Two changes may have come at once: the second is held against what the first has made.
        checkChange(tracker, change);
        const next = impact.changed(tracker.state, change);
        const spec = await checkSpec('impact', next.spec);
        await run.recordImpact({ spec, groups: next.groups }, `change ${Object.keys(change).join(', ')}`);
        tracker.state = { ...tracker.state, spec, groups: next.groups };
        tracker.nudge();
        tracker.show();
        return impact.statusOf(tracker.state);
      });
    },
    {
      description: `Changes ${contracts.IMPACT_CHANGEABLE.join(', ')} of a running tracker.`,
      validator: (change) => checkChange(tracker, change),
    },
  );
  updates.set(
    contracts.closeImpactUpdate,
    async ({ who, reason }) => {
      meter.countUpdate();
      tracker.close({ who, reason });
      await condition(() => tracker.state.closed !== null);
      return impact.statusOf(tracker.state);
    },
    { description: 'Reports what is over and ends the tracking.', validator: (decision) => checkPerson(decision) },
  );
}

/** Whether a day has begun whose windows are not closed yet. */
function due(tracker: Tracker): boolean {
  return tracker.clock.reached(impact.dueAt(tracker.state));
}

function checkChange(tracker: Tracker, change: unknown): void {
  const known: readonly string[] = contracts.IMPACT_CHANGEABLE;
  refuseUnless(isRecord(change), 'change', change, 'an object');
  for (const name of Object.keys(change)) refuseUnless(known.includes(name), name, name, `one of ${known.join(', ')}`);
  if (tracker.state.closed !== null) throw conflict(`the tracking of ${tracker.state.spec.model} is closed`);
  if (change.rotate === undefined) return;
  refuseUnless(isRecord(change.rotate), 'rotate', change.rotate, 'an object');
  const rotate = change.rotate as unknown as contracts.ImpactRotation;
  const fault = impact.rotationFault(tracker.state, tracker.clock.now(), rotate);
  if (fault !== null) refuseUnless(false, fault.path, fault.value, fault.expected);
}
