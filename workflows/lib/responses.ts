import { workflowIds } from '../../src/contracts';
import type { Alert, Instant, RetrainSpec } from '../../src/contracts';
import * as monitoring from '../../src/domain/monitoring';
import { gateMetricOf } from '../../src/domain/retraining';
import { activities, SHORT } from './activities';
import { isSearchable } from './attributes';
import type { Monitor } from './monitor';

const run = activities(SHORT);

/** Reasons that one retraining names, at most. */
const REASONS = 20;

/** Asks for one retraining, whatever the number of alerts; on the data clock it is waited for until it waits itself. */
export async function askForRetraining(monitor: Monitor, alerts: readonly Alert[], at: Instant): Promise<void> {
  const { spec, retrainings } = monitor.state;
  const key = `${workflowIds.monitor(spec)}/retraining/${retrainings + 1}`;
  const request: RetrainSpec = {
    model: spec.model,
    environment: spec.environment,
    key,
    clock: spec.clock,
    at,
    reasons: alerts.slice(0, REASONS).map(reasonOf),
    metric: gateMetricOf(spec.metric),
    labelMaturity: spec.labelMaturity,
    policy: spec.retrain,
    experiment: spec.experiment,
    reportTo: workflowIds.monitor(spec),
  };
  monitor.state = monitoring.openRetraining(monitor.state, key);
  await run.requestRetraining({ spec: request, searchable: isSearchable() }, `ask for retraining ${key}`);
  if (monitor.clock.kind === 'data') await monitor.waitUntilSettled(at);
}

/** Asks for the version before; one that there is not shows as the monitor's failure. */
export async function rollBack(monitor: Monitor, alert: Alert, at: Instant): Promise<void> {
  const { model, environment } = monitor.state.spec;
  const request = {
    target: { model, environment },
    key: `${alert.id}/roll-back`,
    reason: reasonOf(alert),
    who: 'monitor',
    effectiveAt: at,
    action: { kind: 'roll-back' },
    searchable: isSearchable(),
  } as const;
  await monitor.attempt(() => run.decideDeployment(request, 'roll back'));
}

/** An alert in a line: `accuracy 0.673 on 168 rows, level 0.8134, 2 windows in a row since 2011-11-14`. */
function reasonOf({ summary, windows }: Alert): string {
  const since = windows[0]?.slice(0, 10) ?? '';
  return windows.length > 1 ? `${summary}, ${windows.length} windows since ${since}` : summary;
}
