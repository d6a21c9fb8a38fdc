import {
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
  setWorkflowOptions,
} from '@temporalio/workflow';
import * as contracts from '../src/contracts';
import type {
  DesignResult,
  ExperimentResult,
  ExperimentStatus,
  ExtendExperiment,
  RampExperiment,
  RunDesignInput,
  RunExperimentInput,
  Settled,
} from '../src/contracts';
import { exposureEnd, plannedLooks } from '../src/domain/experiment';
import { checkSpec } from './lib/activities';
import { facts, showState, table } from './lib/attributes';
import { runDesign } from './lib/design-run';
import { EarlyUpdates } from './lib/early';
import { Experiment, initialExperiment } from './lib/experiment';
import { isRecord, checkPerson, checkWatermark, conflict, readWatermark, refuseUnless } from './lib/guards';
import { RunMeter, runLoop } from './lib/loop';
import { versioned } from './lib/versioning';

const UPDATES = [
  contracts.experimentAdvanceUpdate,
  contracts.stopExperimentUpdate,
  contracts.extendExperimentUpdate,
  contracts.rampExperimentUpdate,
];

setWorkflowOptions(versioned('AUTO_UPGRADE'), runExperiment);

/**
 * Variants against a control by a design, or a challenger against the champion: planned looks with alpha spending, a
 * sequential sample-ratio check, guardrails, one decision with its reasons; then the better one serves.
 */
export async function runExperiment(
  input: RunExperimentInput | RunDesignInput,
): Promise<ExperimentResult | DesignResult> {
  return isDesigned(input) ? runDesign(input) : runChallenge(input);
}

/** Told by its input; a start without either is refused as a challenge without a spec. */
function isDesigned(input: RunExperimentInput | RunDesignInput): input is RunDesignInput {
  return isRecord(input) && 'design' in input;
}

async function runChallenge(input: RunExperimentInput): Promise<ExperimentResult> {
  const updates = new EarlyUpdates(UPDATES);
  const given: unknown = (input as Partial<RunExperimentInput> | undefined)?.spec;
  const spec = input?.state === undefined ? await checkSpec('experiment', given) : input.spec;
  const experiment = new Experiment(spec, input?.state ?? initialExperiment(spec));
  const meter = new RunMeter();
  handleMessages(experiment, meter, updates);
  const failures: Error[] = [];
  const end = await CancellationScope.cancellable(async () =>
    runLoop(
      {
        pending: () => experiment.pending(),
        done: () => experiment.result !== null,
        act: async () => {
          await experiment.act();
          show(experiment);
        },
        wait: (wake) => experiment.clock.waitUntil(experiment.nextLook()?.at ?? null, wake),
      },
      meter,
    ),
  ).catch(async (error: unknown) => {
    await experiment.cancel();
    show(experiment);
    if (isCancellation(error)) throw error;
    failures.push(error as Error);
    return 'done' as const;
  });
  if (end === 'full') await continueAsNew<typeof runExperiment>({ spec, state: experiment.state });
  for (const failure of failures) throw failure;
  return experiment.result!;
}

function handleMessages(experiment: Experiment, meter: RunMeter, updates: EarlyUpdates): void {
  const status = (): ExperimentStatus => ({
    spec: experiment.spec,
    phase: experiment.state.phase,
    end: experiment.state.end,
    plan: experiment.state.plan,
    looks: experiment.state.looks,
    decision: experiment.result?.decision ?? null,
    reasons: experiment.result?.reasons ?? [],
    settledThrough: experiment.state.settledThrough,
    nextDueAt: experiment.nextLook()?.at ?? null,
  });
  const advance = (fact: unknown): void => {
    const at = readWatermark(fact)?.at ?? null;
    if (at !== null && at > (experiment.state.watermark ?? ''))
      experiment.state = { ...experiment.state, watermark: at };
  };
  setHandler(contracts.experimentStatusQuery, status, {
    description: 'Where the experiment stands: plan, looks with their bounds, decision with its reasons.',
  });
  setHandler(contracts.experimentWatermarkSignal, advance, {
    description: 'Every outcome known by `at` has been logged durably.',
  });
  setHandler(contracts.exposuresRecordedSignal, () => undefined, {
    description: 'A nudge: exposures were written. A look reads the store by itself.',
  });
  updates.set(
    contracts.experimentAdvanceUpdate,
    async (fact): Promise<Settled> => {
      meter.countUpdate();
      advance(fact);
      const { at } = readWatermark(fact)!;
      await condition(() => experiment.result !== null || (experiment.state.settledThrough ?? '') >= at);
      const { settledThrough, nextDueAt } = status();
      return { settledThrough, nextDueAt };
    },
    {
      description: 'Moves the data clock and returns when every look that is due has been taken.',
      validator: (fact) => {
        checkWatermark(fact);
        refuseUnless(
          experiment.spec.clock === 'data',
          'clock',
          experiment.spec.clock,
          'an experiment on the data clock',
        );
      },
    },
  );
  updates.set(
    contracts.stopExperimentUpdate,
    async (command) => {
      meter.countUpdate();
      experiment.stop(command);
      await condition(() => experiment.result !== null);
      return experiment.result!;
    },
    {
      description: 'Ends the experiment without promotion.',
      validator: (command) => {
        checkPerson(command);
        refuseIfDecided(experiment);
      },
    },
  );
  updates.set(
    contracts.extendExperimentUpdate,
    async (command) => {
      meter.countUpdate();
      await planned(experiment);
      const end = exposureEnd({ start: experiment.spec.start, duration: command.duration });
      experiment.state = { ...experiment.state, end };
      return status();
    },
    {
      description: 'A longer exposure, before the last planned look only: α already spent stays spent.',
      validator: (command: ExtendExperiment) => {
        checkPerson(command);
        refuseIfDecided(experiment);
        refuseUnless(
          /^\d+(ms|s|m|h|d|w)$/.test(String(command.duration)),
          'duration',
          command.duration,
          'a duration such as 70d',
        );
        const end = exposureEnd({ start: experiment.spec.start, duration: command.duration });
        refuseUnless(end > experiment.state.end, 'duration', command.duration, 'more than the present one');
      },
    },
  );
  updates.set(
    contracts.rampExperimentUpdate,
    async (command) => {
      meter.countUpdate();
      await planned(experiment);
      await experiment.ramp(command.allocation, command.reason, command.who);
      return status();
    },
    {
      description: "Changes the challenger's share of traffic.",
      validator: (command: RampExperiment) => {
        checkPerson(command);
        refuseIfDecided(experiment);
        const fine = typeof command.allocation === 'number' && command.allocation > 0 && command.allocation < 1;
        refuseUnless(fine, 'allocation', command.allocation, 'a share between 0 and 1');
      },
    },
  );
}

function refuseIfDecided(experiment: Experiment): void {
  if (experiment.result !== null) throw conflict(`the experiment is decided: ${experiment.result.decision}`);
}

/** A decision that comes while the experiment is being planned is about the plan: it waits for it. */
async function planned(experiment: Experiment): Promise<void> {
  await condition(() => experiment.state.phase !== 'planning' || experiment.result !== null);
  refuseIfDecided(experiment);
}

function show(experiment: Experiment): void {
  const { spec, state, result } = experiment;
  const planned = plannedLooks(spec, state.end).length;
  showState(result?.decision ?? state.phase, [
    `**${spec.model}@${spec.challenger}** against **${spec.model}@${spec.champion}** in **${spec.environment}** on ${spec.successMetric}`,
    ...facts([
      ['exposure', `${spec.start.slice(0, 10)} to ${state.end.slice(0, 10)}`],
      ['share of the challenger', state.allocation],
      ['looks', `${state.looks.length} of ${planned}`],
      ['next look', experiment.nextLook()?.at ?? null],
      ['rows per arm expected', state.plan?.expectedPerArm ?? null],
      ['rows per arm to find 5 points', state.plan?.samplePerArm ?? null],
      ['decision', result === null ? null : `${result.decision}: ${result.reasons.join('; ')}`],
    ]),
    ...table(
      ['look', 'at', 'rows', 'difference', 'z', 'bound', 'decision'],
      state.looks.map((look) => [look.k, look.at, look.n, look.difference, look.z, look.bound, look.decision]),
    ),
  ]);
}
