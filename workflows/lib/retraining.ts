import { getExternalWorkflowHandle, isCancellation, log } from '@temporalio/workflow';
import { retrainingReportedSignal } from '../../src/contracts';
import type {
  AlertChange,
  ExperimentResult,
  Instant,
  PersonDecision,
  ResolveCompensation,
  RetrainingDecision,
  RetrainingPhase,
  RetrainingReport,
  RetrainingResult,
  RetrainingStatus,
  RetrainSpec,
} from '../../src/contracts';
import { closeSagaAlert, compensationSummary, openSagaAlert } from '../../src/domain/saga-alert';
import type { SagaAlert } from '../../src/domain/saga-alert';
import { iso } from '../../src/domain/time';
import { activities, SHORT } from './activities';
import { messageOf } from './failures';
import { Saga } from './saga';
import type { SagaWatcher } from './saga';

const run = activities(SHORT);

/** How the body of a retraining ends. */
export interface Ending {
  readonly decision: RetrainingDecision;
  readonly reasons: readonly string[];
  readonly experiment: ExperimentResult | null;
  /** When it was decided, on the retraining's clock; null: by what the experiment says, or now. */
  readonly at?: Instant | undefined;
}

/** A retraining's state, and whom it tells of it. */
export class Retraining implements SagaWatcher {
  readonly spec: RetrainSpec;
  readonly saga: Saga;
  status: RetrainingStatus;
  /** Retrainings that began before alerts of their own raise none. */
  raisesAlerts = false;
  private readonly onChange: () => void;
  private alert: AlertChange | null = null;

  constructor(spec: RetrainSpec, onChange: () => void) {
    this.spec = spec;
    this.onChange = onChange;
    this.saga = new Saga(this);
    this.status = {
      spec,
      phase: 'opening',
      reasons: spec.reasons,
      snapshot: null,
      gate: null,
      challenger: null,
      experiment: null,
      result: null,
      failedCompensations: [],
      settledThrough: null,
      nextDueAt: null,
    };
  }

  change(values: Partial<RetrainingStatus>): void {
    this.status = { ...this.status, ...values };
    this.onChange();
  }

  enter(phase: RetrainingPhase): void {
    this.change({ phase });
  }

  /** Raises an alert that asks for a person; it stands until `settleAlert`. */
  async raiseAlert(alert: Omit<SagaAlert, 'at'>): Promise<void> {
    if (!this.raisesAlerts) return;
    this.alert = openSagaAlert(this.spec, { ...alert, at: iso(Date.now()) });
    await run.recordAlert({ target: this.target, changes: [this.alert] }, `open alert: ${alert.kind} ${alert.subject}`);
  }

  /** Closes the alert that stands, if any. */
  async settleAlert(word: PersonDecision): Promise<void> {
    if (this.alert === null) return;
    const changes = [closeSagaAlert(this.alert, word, iso(Date.now()))];
    this.alert = null;
    await run.recordAlert({ target: this.target, changes }, `close alert: ${word.who}`);
  }

  async failed(step: string, error: unknown): Promise<void> {
    this.change({ phase: 'compensation-failed', failedCompensations: [step] });
    await this.report({ waitsFor: 'compensation' });
    const summary = compensationSummary(this.spec, step, messageOf(error));
    await this.raiseAlert({ kind: 'compensation', subject: step, summary });
  }

  async resolved(_step: string, command: ResolveCompensation): Promise<void> {
    this.change({ phase: 'undoing', failedCompensations: [] });
    await this.report({});
    await this.settleAlert(command);
  }

  /** Records the end and says so. */
  async close(ending: Ending): Promise<RetrainingResult> {
    const { spec, status } = this;
    const now = spec.clock === 'data' ? spec.at : iso(Date.now());
    const result: RetrainingResult = {
      key: spec.key,
      at: spec.at,
      closedAt: ending.at ?? ending.experiment?.decidedAt ?? now,
      decision: ending.decision,
      reasons: ending.reasons,
      rows: status.snapshot?.rows ?? 0,
      championVersion: status.gate?.championVersion ?? null,
      challengerVersion: status.challenger,
      gate: status.gate,
      experiment: status.experiment,
      ...(status.approval === undefined ? {} : { approval: status.approval }),
    };
    await run.closeRetraining({ spec, result }, ending.decision);
    this.change({ phase: 'closed', result });
    await this.report({ closed: result });
    return result;
  }

  /** Tells whoever asked where it stands. */
  async report(values: Partial<Pick<RetrainingReport, 'waitsFor' | 'closed'>>): Promise<void> {
    const { spec, status } = this;
    if (spec.reportTo === undefined) return;
    const report: RetrainingReport = {
      key: spec.key,
      experiment: status.experiment,
      waitsFor: null,
      closed: null,
      ...values,
    };
    try {
      await getExternalWorkflowHandle(spec.reportTo).signal(retrainingReportedSignal, report);
    } catch (error) {
      if (isCancellation(error)) throw error;
      log.warn('nobody takes the report', { reportTo: spec.reportTo, error });
    }
  }

  private get target() {
    return { model: this.spec.model, environment: this.spec.environment };
  }
}
