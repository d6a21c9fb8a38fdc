import type { Alert, MonitorStatus, SubjectHistory } from '../../src/contracts';
import * as monitoring from '../../src/domain/monitoring';
import { facts, showDetails, showState, table } from './attributes';
import type { Monitor } from './monitor';

/** A monitor's page in the Temporal UI; the state in lists is written only when it has changed, for that costs an action. */
export class MonitorPage {
  private readonly monitor: Monitor;
  private readonly current: boolean;
  private shown: MonitorStatus['state'] | null = null;

  constructor(monitor: Monitor, current: boolean) {
    this.monitor = monitor;
    this.current = current;
  }

  show(): void {
    const status = monitoring.statusOf(this.monitor.state);
    showDetails(linesOf(status));
    if (this.current && this.shown === status.state) return;
    this.shown = status.state;
    showState(status.state);
  }
}

function linesOf(status: MonitorStatus): string[] {
  const { spec, baseline, level, open } = status;
  const unresolved = status.alerts.filter(({ state }) => state !== 'resolved');
  return [
    `**${spec.model}** in **${spec.environment}** · ${status.state} · ${spec.clock} clock`,
    ...facts([
      ['settled through', status.settledThrough],
      ['next look', status.nextDueAt],
      ['watermark', status.watermark],
      ['last prediction', status.lastServedAt],
      [`baseline ${spec.metric}`, baseline?.value ?? null],
      ['alert level', level],
      ['below in a row', `${status.below} of ${spec.consecutive}`],
      ['unresolved alerts', unresolved.length],
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
    '**Subjects** with findings, oldest look first',
    ...table(['subject', 'looks'], status.subjects.slice(0, 12).map(lookRow)),
    '**Alerts**, newest last',
    ...table(['since', 'about', 'severity', 'state', 'count', 'what'], status.alerts.slice(-8).map(alertRow)),
  ];
}

function lookRow({ subject, flags }: SubjectHistory): string[] {
  return [subject, flags.map((flag) => (flag ? 'found' : 'clear')).join(' ')];
}

function alertRow({ at, kind, subject, severity, state, count, summary }: Alert): (string | number)[] {
  return [at, `${kind} ${subject}`, severity, state, count, summary.slice(0, 100)];
}
