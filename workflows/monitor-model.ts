import { condition, continueAsNew, setHandler, setWorkflowOptions } from '@temporalio/workflow';
import * as contracts from '../src/contracts';
import type { Alert, AlertDecision, MonitorModelInput, MonitorStatus, Settled, SnoozeDecision } from '../src/contracts';
import * as monitoring from '../src/domain/monitoring';
import { iso, ms } from '../src/domain/time';
import { activities, checkSpec, SHORT } from './lib/activities';
import { facts, showState, table } from './lib/attributes';
import { EarlyUpdates } from './lib/early';
import {
  checkPerson,
  checkWatermark,
  conflict,
  isInstant,
  isRecord,
  readExperimentReport,
  readRetrainingReport,
  readWatermark,
  refuseUnless,
} from './lib/guards';
import { RunMeter, runLoop } from './lib/loop';
import { Monitor } from './lib/monitor';
import { versioned } from './lib/versioning';

const run = activities(SHORT);

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
 * alerts after k bad windows in a row and answers by its policy, one retraining at a time.
 */
export async function monitorModel(input: MonitorModelInput): Promise<void> {
  const updates = new EarlyUpdates(UPDATES);
  const given: unknown = (input as Partial<MonitorModelInput> | undefined)?.spec;
  const state = input?.state ?? monitoring.initialState(await checkSpec('monitor', given));
  const monitor = new Monitor(state);
  const meter = new RunMeter();
  handleFacts(monitor);
  handleDecisions(monitor, meter, updates);
  setHandler(contracts.monitorStatusQuery, () => monitoring.statusOf(monitor.state), {
    description: 'Where the monitor stands: baseline, level, windows, alerts, what is open, when it acts next.',
  });
  show(monitor);
  await runLoop(
    {
      pending: () => monitor.pending(),
      done: () => false,
      act: async () => {
        await monitor.act();
        show(monitor);
      },
      wait: (wake) => monitor.clock.waitUntil(monitoring.nextDue({ ...monitor.state, open: null }), wake),
    },
    meter,
  );
  await continueAsNew<typeof monitorModel>({ spec: monitor.state.spec, state: monitor.state });
}

function handleFacts(monitor: Monitor): void {
  setHandler(contracts.watermarkAdvancedSignal, (fact) => advance(monitor, fact), {
    description: 'Every outcome known by `at` has been logged durably, says `source`.',
  });
  setHandler(contracts.outcomesRecordedSignal, () => undefined, {
    description: 'A nudge: outcomes were written. An evaluation reads the store by itself.',
  });
  setHandler(contracts.experimentReportedSignal, (given) => {
    const report = readExperimentReport(given);
    if (report === null) return;
    monitor.state = monitoring.applyExperimentReport(monitor.state, report);
  });
  setHandler(contracts.retrainingReportedSignal, async (given) => {
    const report = readRetrainingReport(given);
    if (report === null) return;
    const result = report.closed;
    const promoted = result?.decision === 'promoted' && monitor.state.open?.retraining === report.key;
    if (promoted && monitor.state.spec.rebase) {
      // The monitor stays closed to new alerts until it is rebased.
      await monitor.rebase(result.challengerVersion!, result.at, result.closedAt);
    }
    monitor.state = monitoring.applyRetrainingReport(monitor.state, report);
    show(monitor);
  });
  setHandler(
    contracts.recordOutcomesSignal,
    async (batch) => {
      const { model, environment } = monitor.state.spec;
      const count = isRecord(batch) && Array.isArray(batch.outcomes) ? batch.outcomes.length : 1;
      const { ingested } = monitor.state;
      try {
        const result = await run.logOutcomes({ target: { model, environment }, batch }, `${count} outcomes`);
        monitor.state = {
          ...monitor.state,
          ingested: {
            logged: ingested.logged + result.logged,
            quarantined: ingested.quarantined + result.quarantined.length,
          },
        };
      } catch (error) {
        monitor.state = {
          ...monitor.state,
          failure: `recordOutcomes: ${(error as Error).message}`,
          ingested: { ...ingested, quarantined: ingested.quarantined + count },
        };
      }
    },
    { description: 'Outcomes inline, at most 500 and 48 KiB: for services without access to MongoDB.' },
  );
}

function handleDecisions(monitor: Monitor, meter: RunMeter, updates: EarlyUpdates): void {
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
      const spec = await checkSpec('monitor', monitoring.changedSpec(monitor.state.spec, change));
      monitor.state = { ...monitor.state, spec };
      show(monitor);
      return status();
    },
    {
      description: 'Changes level, consecutive, minSamples, rebase or response of a running monitor.',
      validator: (change) => {
        const known = ['baselineDrop', 'baselineRatio', 'consecutive', 'minSamples', 'rebase', 'response'];
        refuseUnless(isRecord(change), 'change', change, 'an object');
        for (const name of Object.keys(change))
          refuseUnless(known.includes(name), name, name, `one of ${known.join(', ')}`);
      },
    },
  );
  const setPaused = (paused: boolean): MonitorStatus => {
    meter.countUpdate();
    monitor.state = { ...monitor.state, paused };
    show(monitor);
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

function handleAlerts(monitor: Monitor, meter: RunMeter, updates: EarlyUpdates): void {
  const change = async (decision: AlertDecision, values: Partial<Alert>): Promise<Alert> => {
    meter.countUpdate();
    const before = monitor.state.alerts.find(({ fingerprint }) => fingerprint === decision.fingerprint)!;
    const alert: Alert = { ...before, ...values, who: decision.who, note: decision.note };
    const alerts = monitor.state.alerts.map((known) => (known.fingerprint === alert.fingerprint ? alert : known));
    monitor.state = { ...monitor.state, alerts };
    await monitor.recordAlert(alert);
    return alert;
  };
  const validator = (decision: AlertDecision): void => {
    checkPerson(decision, false);
    const known = monitor.state.alerts.find(({ fingerprint }) => fingerprint === decision.fingerprint);
    if (known === undefined) throw conflict(`no alert ${String(decision.fingerprint).slice(0, 200)} among the last 20`);
    if (known.state === 'resolved') throw conflict(`alert ${known.fingerprint} is resolved already`);
  };
  updates.set(contracts.acknowledgeAlertUpdate, (decision) => change(decision, { state: 'acknowledged' }), {
    validator,
  });
  updates.set(contracts.resolveAlertUpdate, (decision) => change(decision, { state: 'resolved' }), { validator });
  updates.set(
    contracts.snoozeAlertUpdate,
    (decision) => change(decision, { state: 'snoozed', snoozedUntil: iso(ms(decision.until)) }),
    {
      validator: (decision: SnoozeDecision) => {
        validator(decision);
        refuseUnless(isInstant(decision.until), 'until', decision.until, 'an ISO instant');
      },
    },
  );
}

function advance(monitor: Monitor, fact: unknown): void {
  const watermark = readWatermark(fact);
  if (watermark === null || !monitor.state.spec.sources.includes(watermark.source)) return;
  const watermarks = monitoring.advanceWatermark(monitor.state.watermarks, watermark.source, watermark.at);
  monitor.state = { ...monitor.state, watermarks };
}

function show(monitor: Monitor): void {
  const status = monitoring.statusOf(monitor.state);
  const { spec, baseline, level, open, alerts } = status;
  showState(status.state, [
    `**${spec.model}** in **${spec.environment}** · ${status.state} · ${spec.clock} clock`,
    ...facts([
      ['settled through', status.settledThrough],
      ['next due', status.nextDueAt],
      [`baseline ${spec.metric}`, baseline?.value ?? null],
      ['alert level', level],
      ['below in a row', `${status.below} of ${spec.consecutive}`],
      ['retrainings', status.retrainings],
      ['open', open === null ? 'nothing' : `${open.retraining ?? ''} ${open.experiment ?? ''} ${open.waitsFor ?? ''}`],
      ['outcomes by signal', `${status.ingested.logged} logged, ${status.ingested.quarantined} set aside`],
      ['last failure', status.failure ?? 'none'],
    ]),
    '**Windows**, newest first',
    ...table(
      ['from', 'rows', spec.metric, 'status', 'counts'],
      [...status.recent]
        .reverse()
        .map((window) => [window.from, window.n, window.value, window.status, window.counted ? 'yes' : 'no']),
    ),
    '**Alerts**, newest last',
    ...table(
      ['at', 'value', 'level', 'severity', 'state'],
      alerts.slice(-5).map((alert) => [alert.at, alert.value, alert.level, alert.severity, alert.state]),
    ),
  ]);
}
