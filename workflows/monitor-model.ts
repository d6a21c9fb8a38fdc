import {
  condition,
  continueAsNew,
  isCancellation,
  patched,
  setHandler,
  setWorkflowOptions,
} from '@temporalio/workflow';
import * as contracts from '../src/contracts';
import type { MonitorModelInput, MonitorState, MonitorStatus, Settled } from '../src/contracts';
import * as monitoring from '../src/domain/monitoring';
import { activities, checkSpec, SHORT } from './lib/activities';
import { handleAlerts } from './lib/alert-updates';
import { EarlyUpdates } from './lib/early';
import { checkPerson, checkWatermark, isRecord, readWatermark, refuseUnless } from './lib/guards';
import { RunMeter, runLoop } from './lib/loop';
import { Monitor } from './lib/monitor';
import type { Judge } from './lib/monitor';
import { advance, handleFacts } from './lib/monitor-facts';
import { FirstJudge } from './lib/monitor-first';
import { Looks } from './lib/monitor-look';
import { MonitorPage } from './lib/monitor-page';
import { deliverForever } from './lib/outbox';
import { versioned } from './lib/versioning';

const run = activities(SHORT);

/** Looks instead of single windows; runs without it go on as the first release has begun them. */
const LOOKS = '2026-11-looks';

/** A monitor lives for ever and is read again after every deployment of its worker. */
const MONITOR_EVENTS = 750;

const UPDATES = [
  contracts.advanceUpdate,
  contracts.evaluateUpdate,
  contracts.configureUpdate,
  contracts.pauseUpdate,
  contracts.resumeUpdate,
  contracts.acknowledgeAlertUpdate,
  contracts.snoozeAlertUpdate,
  contracts.resolveAlertUpdate,
];

setWorkflowOptions(versioned('AUTO_UPGRADE'), monitorModel);

/**
 * Watches a model in an environment for ever: judges each window of served traffic once its labels are mature,
 * alerts where enough windows say the same and answers by its policy, one retraining at a time.
 */
export async function monitorModel(input: MonitorModelInput): Promise<void> {
  const current = patched(LOOKS);
  const updates = new EarlyUpdates(UPDATES);
  const judgeFor = (judged: Monitor): Judge => (current ? new Looks(judged) : new FirstJudge(judged));
  const monitor = new Monitor(await stateOf(input, current), judgeFor);
  const page = new MonitorPage(monitor, current);
  const meter = new RunMeter(current ? MONITOR_EVENTS : undefined);
  handleFacts(monitor, meter, page);
  handleDecisions(monitor, meter, updates, page);
  setHandler(contracts.monitorStatusQuery, () => monitoring.statusOf(monitor.state), {
    description: 'Where the monitor stands: baseline, level, windows, alerts, what is open, when it looks next.',
  });
  page.show();
  if (current) deliverForever(monitor).catch(unlessCancelled);
  await runLoop(
    {
      pending: () => monitor.pending(),
      done: () => false,
      resumes: current,
      act: async () => {
        await monitor.act();
        page.show();
      },
      wait: (wake) => monitor.wait(wake),
    },
    meter,
  );
  await continueAsNew<typeof monitorModel>({ spec: monitor.state.spec, state: monitor.state });
}

/** A cancelled monitor stops sending as well. */
function unlessCancelled(error: unknown): void {
  if (!isCancellation(error)) throw error;
}

/** The state of the run before; one of the first release is given what has come since. */
async function stateOf(input: MonitorModelInput, current: boolean): Promise<MonitorState> {
  const given: unknown = (input as Partial<MonitorModelInput> | undefined)?.spec;
  if (input?.state === undefined) {
    const spec = await checkSpec('monitor', given);
    if (current && spec.eager) await tellEager(spec, true);
    return monitoring.initialState(spec);
  }
  if (!current || !monitoring.isFirstRelease(input.state.spec)) return input.state;
  return monitoring.upgradedState(input.state, await checkSpec('monitor', input.state.spec));
}

function handleDecisions(monitor: Monitor, meter: RunMeter, updates: EarlyUpdates, page: MonitorPage): void {
  const status = (): MonitorStatus => monitoring.statusOf(monitor.state);
  updates.set(
    contracts.advanceUpdate,
    async (fact): Promise<Settled> => {
      meter.countUpdate();
      advance(monitor, fact);
      const watermark = monitoring.watermarkOf(monitor.state);
      await condition(() => watermark === null || (monitor.state.settledThrough ?? '') >= watermark);
      const { settledThrough, nextDueAt } = status();
      return { settledThrough, nextDueAt };
    },
    {
      description: 'Moves the data clock and returns when all that belongs to the model has acted.',
      validator: (fact) => {
        checkWatermark(fact);
        const { spec } = monitor.state;
        refuseUnless(spec.clock === 'data', 'clock', spec.clock, 'a monitor on the data clock');
        const source = readWatermark(fact)!.source;
        refuseUnless(spec.sources.includes(source), 'source', source, `one of ${spec.sources.join(', ')}`);
      },
    },
  );
  updates.set(
    contracts.evaluateUpdate,
    async () => {
      meter.countUpdate();
      monitor.requestEvaluation();
      await condition(() => !monitor.pending());
      return status();
    },
    { description: 'Judges everything that is due, now.' },
  );
  updates.set(
    contracts.configureUpdate,
    async (change) => {
      meter.countUpdate();
      const before = monitor.state.spec;
      const spec = await checkSpec('monitor', monitoring.changedSpec(before, change));
      if (spec.eager !== before.eager) await tellEager(spec, spec.eager);
      monitor.state = { ...monitor.state, spec };
      page.show();
      return status();
    },
    {
      description: `Changes ${contracts.CHANGEABLE.join(', ')} of a running monitor.`,
      validator: (change) => {
        const known: readonly string[] = contracts.CHANGEABLE;
        refuseUnless(isRecord(change), 'change', change, 'an object');
        for (const name of Object.keys(change))
          refuseUnless(known.includes(name), name, name, `one of ${known.join(', ')}`);
      },
    },
  );
  const setPaused = (paused: boolean): MonitorStatus => {
    meter.countUpdate();
    monitor.state = { ...monitor.state, paused };
    page.show();
    return status();
  };
  updates.set(contracts.pauseUpdate, (_decision) => setPaused(true), {
    description: 'Windows are still recorded but trigger nothing.',
    validator: (decision) => checkPerson(decision),
  });
  updates.set(contracts.resumeUpdate, (_decision) => setPaused(false), {
    description: 'Windows trigger again.',
    validator: (decision) => checkPerson(decision, false),
  });
  handleAlerts(monitor, meter, updates);
}

/** Whether outcomes are to nudge this monitor: clients look it up where they write. */
async function tellEager({ model, environment }: contracts.ModelTarget, eager: boolean): Promise<void> {
  await run.setEager({ target: { model, environment }, eager }, eager ? 'outcomes nudge' : 'outcomes do not nudge');
}
