import { ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow';
import type { ChildWorkflowHandle } from '@temporalio/workflow';
import { failureTypes, parseArtifactUri, TYPE_PREFIX, WORKFLOW_DETAILS, workflowIds } from '../../src/contracts';
import type {
  ArtifactRef,
  PipelineResult,
  RetrainSpec,
  RunPipelineInput,
  Snapshot,
  TrainingPipeline,
} from '../../src/contracts';
import { stepsOf, stepTimeoutMs } from './activities';
import { attributesFor } from './attributes';
import { messageOf } from './failures';
import type { Ending } from './retraining';

type RunPipeline = (input: RunPipelineInput) => Promise<PipelineResult>;

/** How a run ended: with a result, or with what it failed with. */
type Ended = { readonly result: PipelineResult } | { readonly error: unknown };

/** A step of a retraining that is a run of a pipeline: a child, so that its own history tells what it did. */
export class TrainingRun {
  private readonly spec: RetrainSpec;
  private readonly pipeline: TrainingPipeline;
  private readonly step: 'train' | 'register';
  private child: ChildWorkflowHandle<RunPipeline> | null = null;
  private ended: Ended | null = null;

  constructor(spec: RetrainSpec, pipeline: TrainingPipeline, step: 'train' | 'register') {
    this.spec = spec;
    this.pipeline = pipeline;
    this.step = step;
  }

  /**
   * Trains on rows of the snapshot. One that takes longer than a step may is not terminated: the retraining ends, and
   * `stop` lets the pipeline undo what it did.
   * @returns the model, or how the retraining ends
   * @throws ApplicationFailure with the pipeline's reason
   */
  async on(snapshot: Snapshot, rows: 'training' | 'all'): Promise<{ readonly artifact: string } | Ending> {
    const { spec, pipeline } = this;
    const exported = await stepsOf(spec).exportRows({ spec, snapshot, rows }, `rows as CSV for ${pipeline.name}`);
    // A start that is cancelled half-way may have happened: it is seen through, and undone like any other.
    await CancellationScope.nonCancellable(() => this.start(exported));
    const limit = stepTimeoutMs(spec);
    if (await condition(() => this.ended !== null, limit)) return { artifact: this.artifactOf(this.ended!) };
    const reason = `pipeline ${pipeline.name} did not end in ${limit / 1_000} s; it was cancelled`;
    return { decision: 'timed-out', reasons: [reason], experiment: null };
  }

  /** Cancels what still runs, and waits until the pipeline has undone what it did. */
  async stop(): Promise<void> {
    if (this.child === null || this.ended !== null) return;
    await getExternalWorkflowHandle(this.child.workflowId)
      .cancel()
      .catch(() => undefined);
    await condition(() => this.ended !== null);
  }

  private async start(rows: ArtifactRef): Promise<void> {
    const { spec, pipeline } = this;
    const typedSearchAttributes = attributesFor(spec);
    const input: RunPipelineInput = {
      pipeline: pipeline.name,
      ...(pipeline.params === undefined ? {} : { params: pipeline.params }),
      at: spec.at,
      files: { [pipeline.rows]: rows },
      returns: [pipeline.model],
      who: 'retraining',
    };
    const workflowId = workflowIds.pipeline(pipeline.name, this.runName(rows));
    try {
      this.child = await startChild<RunPipeline>(`${TYPE_PREFIX}runPipeline`, {
        workflowId,
        // A retraining that is begun again runs it again; a run that has succeeded answers with its result.
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        args: [input],
        staticDetails: WORKFLOW_DETAILS['loopwright.runPipeline'],
        staticSummary: `${this.step} ${spec.model} in ${spec.environment}: retraining ${spec.key}`,
        ...(typedSearchAttributes ? { typedSearchAttributes } : {}),
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      throw failure(`${workflowId} still runs, started by an earlier try; it has to end first`);
    }
    this.child.result().then(
      (result) => (this.ended = { result }),
      (error: unknown) => (this.ended = { error }),
    );
  }

  /** The rows are part of the name: what a run of that name has left was trained on these rows. */
  private runName({ sha256 }: ArtifactRef): string {
    const { model, environment, key } = this.spec;
    return `${model}.${environment}.${key.replace(/[^A-Za-z0-9._-]/g, '-')}.${this.step}.${sha256.slice(0, 16)}`;
  }

  private artifactOf(ended: Ended): string {
    const { name, model } = this.pipeline;
    if ('error' in ended) {
      if (isCancellation(ended.error)) throw failure(`pipeline ${name} was cancelled`);
      throw failure(messageOf(ended.error));
    }
    const { decision, reasons, outputs } = ended.result;
    if (decision !== 'succeeded') throw failure(`pipeline ${name} ${decision}: ${reasons.join('; ')}`);
    const ref = Object.hasOwn(outputs, model) ? outputs[model]! : null;
    const kind = ref === null ? 'nothing' : parseArtifactUri(ref.uri)?.kind;
    if (ref === null || kind !== 'file') throw failure(`pipeline ${name} left ${kind} as ${model}: expected a file`);
    return ref.sha256;
  }
}

function failure(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.pipelineFailed);
}
