import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../src/contracts';
import type { CompiledPipeline, PlannedStage } from '../src/contracts';
import { askedOf } from '../src/domain/pipeline-run-plan';
import type { AskedOfStage } from '../src/domain/pipeline-run-plan';
import type { PipelineRunDocument, Stores } from '../src/stores';
import { compiled } from './pipeline-spec';

/** Pipelines and runs that are kept at hand. */
const KEPT = { pipelines: 20, runs: 100 } as const;

/** A pipeline with what is looked up in it for every stage. */
export interface KnownPipeline {
  readonly pipeline: CompiledPipeline;
  readonly stages: ReadonlyMap<string, PlannedStage>;
  readonly asked: ReadonlyMap<string, AskedOfStage>;
}

/** A run with its pipeline. What of a run's record changes later is not to be read here. */
export interface KnownRun extends KnownPipeline {
  readonly run: Omit<PipelineRunDocument, 'endedAt' | 'result'>;
}

/** Pipelines by digest and runs by id, which never change: read and compiled once, for every stage asks for them. */
export class Known {
  private readonly stores: Stores;
  private readonly pipelines = new Map<string, KnownPipeline>();
  private readonly runs = new Map<string, KnownRun>();

  constructor(stores: Stores) {
    this.stores = stores;
  }

  /** @throws ApplicationFailure where nothing is kept under the digest */
  async pipeline(digest: string): Promise<KnownPipeline> {
    const known = this.pipelines.get(digest);
    if (known !== undefined) return touch(this.pipelines, digest, known, KEPT.pipelines);
    const found = await this.stores.pipelines.find(digest);
    if (found === null) throw missing(`pipeline ${digest}`);
    return this.put(digest, compiled(found.spec));
  }

  /** Keeps what is compiled already at hand. */
  put(digest: string, pipeline: CompiledPipeline): KnownPipeline {
    const stages = new Map(pipeline.stages.map((stage) => [stage.name, stage]));
    return touch(this.pipelines, digest, { pipeline, stages, asked: askedOf(pipeline) }, KEPT.pipelines);
  }

  /** @throws ApplicationFailure where there is no such run */
  async run(id: string): Promise<KnownRun> {
    const known = this.runs.get(id);
    if (known !== undefined) return touch(this.runs, id, known, KEPT.runs);
    const run = await this.stores.pipelineRuns.find(id);
    if (run === null) throw missing(`run ${id}`);
    return touch(this.runs, id, { run, ...(await this.pipeline(run.digest)) }, KEPT.runs);
  }
}

/** A stage of a run's pipeline. @throws ApplicationFailure where there is none of that name */
export function stageOf({ stages, run }: KnownRun, name: string): PlannedStage {
  const stage = stages.get(name);
  if (stage === undefined) throw missing(`stage ${name} of pipeline ${run.pipeline}`);
  return stage;
}

/** Failure for what is not there. */
export function missing(what: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`${what} is not there`, failureTypes.notFound);
}

/** Puts it last; what was not asked for longest goes. */
function touch<T>(map: Map<string, T>, key: string, value: T, most: number): T {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value!);
  return value;
}
