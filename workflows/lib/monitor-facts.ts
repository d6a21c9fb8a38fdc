import { setHandler } from '@temporalio/workflow';
import * as contracts from '../../src/contracts';
import type { RecordOutcomes } from '../../src/contracts';
import * as monitoring from '../../src/domain/monitoring';
import { activities, SHORT } from './activities';
import { isRecord, readExperimentReport, readRetrainingReport, readWatermark } from './guards';
import type { RunMeter } from './loop';
import type { Monitor } from './monitor';
import type { MonitorPage } from './monitor-page';

const run = activities(SHORT);

/** Facts that a monitor is told; none of them is refused, and none decides anything by itself. */
export function handleFacts(monitor: Monitor, meter: RunMeter, page: MonitorPage): void {
  setHandler(
    contracts.watermarkAdvancedSignal,
    (fact) => {
      meter.countSignal();
      advance(monitor, fact);
    },
    { description: 'Every outcome known by `at` has been logged durably, says `source`.' },
  );
  setHandler(
    contracts.outcomesRecordedSignal,
    () => {
      meter.countSignal();
      monitor.judge.nudge();
    },
    { description: 'A nudge: outcomes were written. A monitor that is eager looks at once, any other when it is due.' },
  );
  setHandler(contracts.experimentReportedSignal, (given) => {
    meter.countSignal();
    const report = readExperimentReport(given);
    if (report === null) return;
    monitor.state = monitoring.applyExperimentReport(monitor.state, report);
  });
  setHandler(contracts.retrainingReportedSignal, async (given) => {
    meter.countSignal();
    const report = readRetrainingReport(given);
    if (report === null) return;
    const result = report.closed;
    const promoted = result?.decision === 'promoted' && monitor.state.open?.retraining === report.key;
    if (promoted && monitor.state.spec.rebase) {
      // The monitor stays closed to new alerts until it is rebased.
      await monitor.judge.rebase(result.challengerVersion!, result.at, result.closedAt);
    }
    monitor.state = monitoring.applyRetrainingReport(monitor.state, report);
    page.show();
  });
  setHandler(
    contracts.recordOutcomesSignal,
    async (batch) => {
      meter.countSignal();
      await recordOutcomes(monitor, batch);
    },
    { description: 'Outcomes inline, at most 500 and 48 KiB: for services without access to MongoDB.' },
  );
}

/** Moves a source's watermark; a fact that is none changes nothing. */
export function advance(monitor: Monitor, fact: unknown): void {
  const watermark = readWatermark(fact);
  if (watermark === null || !monitor.state.spec.sources.includes(watermark.source)) return;
  const watermarks = monitoring.advanceWatermark(monitor.state.watermarks, watermark.source, watermark.at);
  monitor.state = { ...monitor.state, watermarks };
}

async function recordOutcomes(monitor: Monitor, batch: RecordOutcomes): Promise<void> {
  const { model, environment } = monitor.state.spec;
  const count = isRecord(batch) && Array.isArray(batch.outcomes) ? batch.outcomes.length : 1;
  let [logged, quarantined] = [0, count];
  try {
    const result = await run.logOutcomes({ target: { model, environment }, batch }, `${count} outcomes`);
    // A result names the first rows that were set aside; what is neither logged nor known before was.
    [logged, quarantined] = [result.logged, count - result.logged - result.duplicates];
    monitor.judge.nudge();
  } catch (error) {
    const cause = (error as Error).cause;
    const failure = `recordOutcomes: ${(cause instanceof Error ? cause : (error as Error)).message}`;
    monitor.state = { ...monitor.state, failure };
  }
  const { ingested } = monitor.state;
  monitor.state = {
    ...monitor.state,
    ingested: { logged: ingested.logged + logged, quarantined: ingested.quarantined + quarantined },
  };
}
