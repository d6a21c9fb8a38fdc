import { getExternalWorkflowHandle, isCancellation, log, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { ChildWorkflowHandle } from '@temporalio/workflow';
import { retrainingReportedSignal, TYPE_PREFIX, WORKFLOW_DETAILS, workflowIds } from '../../src/contracts';
import type {
  ExperimentResult,
  ExperimentSpec,
  LoopwrightWorkflows,
  RetrainingDecision,
  RetrainingPhase,
  RetrainingReport,
  RetrainingResult,
  RetrainingStatus,
  RetrainSpec,
} from '../../src/contracts';
import { judgeGate, outcomeOf } from '../../src/domain/retraining';
import { iso } from '../../src/domain/time';
import { activities, LONG, SHORT } from './activities';
import { attributesFor } from './attributes';
import { Saga } from './saga';

const run = activities(SHORT);
const work = activities(LONG);

type RunExperiment = LoopwrightWorkflows['loopwright.runExperiment'];

/** How the body of a retraining ends. */
export interface Ending {
  readonly decision: RetrainingDecision;
  readonly reasons: readonly string[];
  readonly experiment: ExperimentResult | null;
}

/** A retraining's state and its steps. */
export class Retraining {
  readonly spec: RetrainSpec;
  status: RetrainingStatus;
  readonly saga: Saga;
  private readonly onChange: () => void;

  constructor(spec: RetrainSpec, onChange: () => void) {
    this.spec = spec;
    this.onChange = onChange;
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
    this.saga = new Saga((failedCompensations) => {
      this.change({ phase: failedCompensations.length > 0 ? 'compensation-failed' : 'undoing', failedCompensations });
      void this.report({ waitsFor: failedCompensations.length > 0 ? 'compensation' : null });
    });
  }

  change(values: Partial<RetrainingStatus>): void {
    this.status = { ...this.status, ...values };
    this.onChange();
  }

  private enter(phase: RetrainingPhase): void {
    this.change({ phase });
  }

  /** Snapshot, train, gate, approve, register, experiment: each step undone when a later one fails. */
  async execute(approved: () => Promise<string | null>): Promise<Ending> {
    const { spec } = this;
    this.enter('snapshot');
    const snapshot = await work.takeSnapshot({ spec }, 'rows labelled by the watermark');
    this.change({ snapshot, phase: 'training' });
    const { artifact } = await work.trainChallenger({ spec, snapshot }, `train on ${snapshot.rows} rows`);
    this.enter('gate');
    const gate = await work.evaluateGate({ spec, snapshot, artifact }, 'champion and challenger on the hold-out');
    this.change({ gate });
    const verdict = judgeGate(gate);
    if (!verdict.pass) return { decision: 'not-better', reasons: [verdict.reason], experiment: null };
    if (spec.policy.approval) {
      this.enter('approval');
      await this.report({ waitsFor: 'approval' });
      const rejection = await approved();
      if (rejection !== null) return { decision: 'not-better', reasons: [rejection], experiment: null };
      await this.report({});
    }
    this.enter('registering');
    const { version } = await this.saga.step(
      'register',
      () => run.archiveChallenger({ spec, reason: 'the retraining was undone' }, 'undo: archive the challenger'),
      () => work.registerChallenger({ spec, snapshot, gate }, 'refit on all rows and register'),
    );
    this.change({ challenger: version });
    const result = await this.experiment(gate.championVersion, version);
    return { decision: outcomeOf(result), reasons: [verdict.reason, ...result.reasons], experiment: result };
  }

  private async experiment(champion: number, challenger: number): Promise<ExperimentResult> {
    const { spec } = this;
    const { id, seed } = await run.planExperiment({ spec }, 'number and seed of the experiment');
    let child: ChildWorkflowHandle<RunExperiment> | null = null;
    await this.saga.step(
      'experiment',
      async () => {
        if (child === null) return;
        await getExternalWorkflowHandle(child.workflowId)
          .cancel()
          .catch(() => undefined);
        // The experiment gives the traffic back as it ends.
        await child.result().catch(() => undefined);
      },
      async () => {
        child = await this.startExperiment(id, seed, champion, challenger);
      },
    );
    this.change({ phase: 'experiment', experiment: id });
    await this.report({});
    return child!.result();
  }

  private async startExperiment(
    id: string,
    seed: string,
    champion: number,
    challenger: number,
  ): Promise<ChildWorkflowHandle<RunExperiment>> {
    const { spec } = this;
    const { model, environment, clock, labelMaturity, reportTo } = spec;
    const start = clock === 'data' ? spec.at : iso(Date.now());
    const experiment: ExperimentSpec = {
      ...spec.experiment,
      ...{ id, seed, model, environment, clock, labelMaturity, champion, challenger, start },
      ...(reportTo === undefined ? {} : { reportTo }),
    };
    const typedSearchAttributes = attributesFor(spec, id);
    return startChild<RunExperiment>(`${TYPE_PREFIX}runExperiment`, {
      workflowId: workflowIds.experiment(id),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      args: [{ spec: experiment }],
      staticDetails: WORKFLOW_DETAILS['loopwright.runExperiment'],
      staticSummary: `${model}@${challenger} against ${model}@${champion} in ${environment}`,
      ...(typedSearchAttributes ? { typedSearchAttributes } : {}),
    });
  }

  /** Records the end and says so. */
  async close(ending: Ending): Promise<RetrainingResult> {
    const { spec, status } = this;
    const now = spec.clock === 'data' ? spec.at : iso(Date.now());
    const result: RetrainingResult = {
      key: spec.key,
      at: spec.at,
      closedAt: ending.experiment?.decidedAt ?? now,
      decision: ending.decision,
      reasons: ending.reasons,
      rows: status.snapshot?.rows ?? 0,
      championVersion: status.gate?.championVersion ?? null,
      challengerVersion: status.challenger,
      gate: status.gate,
      experiment: status.experiment,
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
}
