import type { Collection, Db } from 'mongodb';
import type {
  AssignableExperiment,
  DesignLook,
  DesignPlan,
  DesignRecord,
  DesignResult,
  ExperimentAnalysis,
  ExperimentDesign,
  PublishDesignInput,
} from '../contracts';
import { ensureIndex } from './indexes';

interface DesignDocument extends Omit<DesignRecord, 'events' | 'looks'> {
  readonly _id: string;
  /** By number. */
  readonly events: Readonly<Record<string, DesignRecord['events'][number]>>;
  readonly looks: Readonly<Record<string, DesignLook>>;
}

interface AnalysisDocument {
  readonly _id: string;
  readonly experiment: string;
  readonly at: string;
  readonly analysis: ExperimentAnalysis;
}

/** Designed experiments: what assigners see, the story of each, its analyses. */
export class DesignStore {
  private readonly designs: Collection<DesignDocument>;
  private readonly analyses: Collection<AnalysisDocument>;

  constructor(db: Db) {
    this.designs = db.collection('experimentDesigns');
    this.analyses = db.collection('experimentAnalyses');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.designs, { phase: 1 }, { name: 'phase' });
    await ensureIndex(this.analyses, { experiment: 1, at: 1 }, { name: 'experiment' });
  }

  /** Records a design and its plan; the first stands and its plan is returned. */
  async open(design: ExperimentDesign, plan: DesignPlan): Promise<DesignPlan> {
    const document: Omit<DesignDocument, '_id'> = {
      design,
      plan,
      phase: 'draft',
      running: false,
      coverage: 0,
      dropped: [],
      start: null,
      end: null,
      events: {},
      looks: {},
      result: null,
    };
    const found = await this.designs.findOneAndUpdate(
      { _id: { $eq: design.id } },
      { $setOnInsert: document },
      { upsert: true, returnDocument: 'after' },
    );
    return found!.plan!;
  }

  /** Changes what assigners see and adds the event that tells of it; what was published at a place stands. */
  async publish(input: PublishDesignInput): Promise<void> {
    const { id, number, event, phase, start, end, coverage, dropped } = input;
    const place = `events.${number}`;
    await this.designs.updateOne(
      { _id: { $eq: id }, [place]: { $exists: false } },
      { $set: { phase, running: phase === 'running', start, end, coverage, dropped, [place]: event } },
    );
  }

  /** Records an analysis; the first of its kind at a time stands and is returned. */
  async recordAnalysis(id: string, analysis: ExperimentAnalysis): Promise<ExperimentAnalysis> {
    const { kind, at } = analysis;
    const found = await this.analyses.findOneAndUpdate(
      { _id: { $eq: `${id}/${kind}/${at}` } },
      { $setOnInsert: { experiment: id, at, analysis } },
      { upsert: true, returnDocument: 'after' },
    );
    return found!.analysis;
  }

  /** Records what a look or a check led to; the first stands. */
  async recordLook(id: string, look: DesignLook): Promise<void> {
    const place = `looks.${look.kind}-${look.at.replaceAll('.', '_')}`;
    await this.designs.updateOne({ _id: { $eq: id }, [place]: { $exists: false } }, { $set: { [place]: look } });
  }

  /** Records the end; the first stands. */
  async close(result: DesignResult): Promise<void> {
    await this.designs.updateOne({ _id: { $eq: result.id }, result: null }, { $set: { result } });
  }

  /** One experiment's story, or null. */
  async find(id: string): Promise<DesignRecord | null> {
    const found = await this.designs.findOne({ _id: { $eq: id } });
    return found === null ? null : recordOf(found);
  }

  /** Whether there was ever an experiment of that id. */
  async has(id: string): Promise<boolean> {
    return (await this.designs.countDocuments({ _id: { $eq: id } }, { limit: 1 })) > 0;
  }

  /** Experiments that have no end in their record, by id. */
  async unfinished(): Promise<DesignRecord[]> {
    return (await this.designs.find({ result: null }).sort({ _id: 1 }).toArray()).map(recordOf);
  }

  /** Every experiment, by id. */
  async list(): Promise<DesignRecord[]> {
    return (await this.designs.find().sort({ _id: 1 }).toArray()).map(recordOf);
  }

  /** What assigners need: experiments that run, and those they are told are over. */
  async assignable(which: 'running' | 'all' | readonly string[] = 'running'): Promise<AssignableExperiment[]> {
    const filter =
      which === 'running' ? { running: { $eq: true } } : which === 'all' ? {} : { _id: { $in: [...which] } };
    return (
      this.designs
        .find(filter)
        .sort({ _id: 1 })
        // Without its story, which grows with every look: this is read every few seconds, and with every exposure.
        .project<AssignableExperiment>({ _id: 0, design: 1, running: 1, coverage: 1, dropped: 1 })
        .toArray()
    );
  }

  /** Analyses of an experiment, oldest first. */
  async analysesOf(id: string): Promise<ExperimentAnalysis[]> {
    const found = await this.analyses
      .find({ experiment: { $eq: id } })
      .sort({ at: 1, _id: 1 })
      .toArray();
    return found.map(({ analysis }) => analysis);
  }
}

function recordOf({ _id: _, events, looks, ...rest }: DesignDocument): DesignRecord {
  return {
    ...rest,
    events: Object.keys(events)
      .map(Number)
      .sort((a, b) => a - b)
      .map((number) => events[number]!),
    looks: Object.values(looks).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)),
  };
}
