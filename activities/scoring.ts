import { ApplicationFailure } from '@temporalio/common';
import { DeliveryError } from '../src/adapters/http';
import { createOnnxScorer, OnnxModelError, OnnxRuntimeMissingError } from '../src/adapters/onnx';
import type { OnnxScorer } from '../src/adapters/onnx';
import { createRemoteScorer } from '../src/adapters/remote-scorer';
import type { RemoteScorer } from '../src/adapters/remote-scorer';
import { failureTypes } from '../src/contracts';
import type { ModelVersion, Stage, Stages, TrainingRows } from '../src/contracts';
import { decodeModel, decodeRemoteScorer, ModelFormatError, scoreRows } from '../src/models';
import type { ArtifactStore } from '../src/stores';

/** What is scored with. */
export type ScoredVersion = Pick<ModelVersion, 'artifact' | 'trainer' | 'format' | 'signature'>;

/** What scores the formats that are not ours. */
export interface Scorers {
  /** Default: ONNX Runtime, loaded at the first model. */
  readonly onnx?: OnnxScorer | undefined;
  /** Default: no host is asked. */
  readonly remote?: RemoteScorer | undefined;
}

/** Scores rows with versions of models, whatever their format. */
export class Scoring {
  private readonly artifacts: ArtifactStore;
  private readonly stages: Stages;
  private readonly onnx: OnnxScorer;
  private readonly remote: RemoteScorer;

  constructor(artifacts: ArtifactStore, stages: Stages, scorers: Scorers = {}) {
    this.artifacts = artifacts;
    this.stages = stages;
    this.onnx = scorers.onnx ?? createOnnxScorer();
    this.remote = scorers.remote ?? createRemoteScorer([]);
  }

  /**
   * The probability of label 1 for each row, by a version whose bytes are verified first.
   * @throws ApplicationFailure not to be tried again where the version or this worker cannot score
   */
  async score(version: ScoredVersion, rows: Pick<TrainingRows, 'n' | 'columns'>): Promise<Float64Array> {
    const artifact = await this.artifacts.get(version.artifact);
    try {
      return await this.scoreBytes(version, artifact, rows);
    } catch (error) {
      throw isLasting(error) ? ApplicationFailure.nonRetryable(error.message, failureTypes.invalidSpec) : error;
    }
  }

  /** A trainer of this worker, by name. */
  stage(name: string): Stage {
    const stage = this.stages[name];
    if (stage !== undefined) return stage;
    const known = Object.keys(this.stages).join(', ');
    throw ApplicationFailure.nonRetryable(`trainer is "${name}": expected one of ${known}`, failureTypes.invalidSpec);
  }

  private async scoreBytes(
    { format, trainer, signature }: ScoredVersion,
    artifact: Uint8Array,
    rows: Pick<TrainingRows, 'n' | 'columns'>,
  ): Promise<Float64Array> {
    switch (format) {
      case 'loopwright/logistic-regression@1':
        return scoreRows(decodeModel(artifact), rows.columns, rows.n);
      case 'loopwright/remote-scorer@1':
        return this.remote.score(decodeRemoteScorer(artifact), rows);
      case 'onnx':
        return this.onnx.score(artifact, signature ?? [], rows);
      // Versions of an earlier release have no format; their trainer knows.
      case 'stage':
      case undefined:
        return this.stage(trainer).score(artifact, rows);
    }
  }
}

/** What fails again however often it is tried. */
function isLasting(error: unknown): error is Error {
  if (error instanceof DeliveryError) return error.nonRetryable;
  return [ModelFormatError, OnnxModelError, OnnxRuntimeMissingError].some((type) => error instanceof type);
}
