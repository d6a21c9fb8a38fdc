import type { Collection, Db } from 'mongodb';
import type { ArtifactRef, Instant, PipelineResult, PipelineValue } from '../contracts';
import { ensureIndex } from './indexes';
import { isDuplicateKey } from './unique-batch';

/** What a run is, when it is opened. */
export interface PipelineRunFacts {
  readonly workflowId: string;
  readonly pipeline: string;
  readonly digest: string;
  readonly params: Readonly<Record<string, PipelineValue>>;
  /** The nominal time, and what `.Date` is. */
  readonly at: Instant;
  readonly day: string;
  readonly retryOf: string | null;
  readonly files: Readonly<Record<string, ArtifactRef>>;
  readonly who: string | null;
}

/** One run as recorded. */
export interface PipelineRunDocument extends PipelineRunFacts {
  /** The workflow's id; `{id}~2` and so on where a run that did not succeed is run again under the same id. */
  readonly _id: string;
  readonly generation: number;
  readonly beganAt: Date;
  readonly endedAt: Date | null;
  readonly result: PipelineResult | null;
}

/** Runs of pipelines. */
export class PipelineRunStore {
  private readonly runs: Collection<PipelineRunDocument>;

  constructor(db: Db) {
    this.runs = db.collection('pipelineRuns', { ignoreUndefined: true });
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.runs, { workflowId: 1, generation: -1 }, { unique: true, name: 'generation' });
    await ensureIndex(this.runs, { pipeline: 1, beganAt: -1, _id: -1 }, { name: 'pipeline' });
    await ensureIndex(this.runs, { beganAt: -1, _id: -1 }, { name: 'beganAt' });
  }

  /**
   * Records a run; the one that is open or has succeeded under the workflow's id stands, one that failed or was
   * cancelled is followed by a new one. Safe to repeat, also from two places at once.
   * @throws Error when the id that the run would have is the id of another workflow's run
   */
  async open(facts: PipelineRunFacts): Promise<PipelineRunDocument> {
    for (;;) {
      const newest = await this.newest(facts.workflowId);
      if (newest !== null && (newest.result === null || newest.result.decision === 'succeeded')) return newest;
      const generation = (newest?.generation ?? 0) + 1;
      const run = toDocument(facts, generation);
      try {
        await this.runs.insertOne(run);
        return run;
      } catch (error) {
        // Somebody else opened it: look again.
        if (!isDuplicateKey(error)) throw error;
      }
      const other = await this.find(run._id);
      if (other !== null && other.workflowId !== facts.workflowId)
        throw new Error(`run ${run._id} is one of workflow ${other.workflowId}: workflow ids must not end like "~2"`);
    }
  }

  /** One run, or null. */
  async find(run: string): Promise<PipelineRunDocument | null> {
    return this.runs.findOne({ _id: { $eq: run } });
  }

  /** Which of these runs are recorded. */
  async recorded(runs: readonly string[]): Promise<Set<string>> {
    const found = await this.runs
      .find({ _id: { $in: [...runs] } })
      .project<{ readonly _id: string }>({ _id: 1 })
      .toArray();
    return new Set(found.map(({ _id }) => _id));
  }

  /**
   * Records the end; the first one stands and is returned.
   * @throws Error when the run is not recorded
   */
  async close(run: string, result: PipelineResult): Promise<PipelineResult> {
    await this.runs.updateOne({ _id: { $eq: run }, result: { $eq: null } }, { $set: { result, endedAt: new Date() } });
    const standing = (await this.find(run))?.result ?? null;
    if (standing === null) throw new Error(`run ${run} is not recorded`);
    return standing;
  }

  /** Runs of a pipeline, or of all, newest first. */
  async list(query: {
    readonly pipeline?: string | undefined;
    readonly limit: number;
  }): Promise<PipelineRunDocument[]> {
    const { pipeline, limit } = query;
    return this.runs
      .find(pipeline === undefined ? {} : { pipeline: { $eq: pipeline } })
      .sort({ beganAt: -1, _id: -1 })
      .limit(limit)
      .toArray();
  }

  /** The newest run under a workflow's id, or null. */
  async newest(workflowId: string): Promise<PipelineRunDocument | null> {
    const found = this.runs.find({ workflowId: { $eq: workflowId } }).sort({ generation: -1 });
    return found.limit(1).next();
  }
}

function toDocument(facts: PipelineRunFacts, generation: number): PipelineRunDocument {
  const { workflowId, pipeline, digest, params, at, day, retryOf, files, who } = facts;
  return {
    _id: generation === 1 ? workflowId : `${workflowId}~${generation}`,
    ...{ workflowId, pipeline, digest, params, at, day, retryOf, files, who },
    generation,
    beganAt: new Date(),
    endedAt: null,
    result: null,
  };
}
