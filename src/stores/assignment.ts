import type { AnyBulkWriteOperation, Collection, Db, Double } from 'mongodb';
import type { AssignableExperiment, ExperimentDesign, Exposure, TrackResult } from '../contracts';
import { ms } from '../domain/time';
import { chunksOf } from './chunks';
import { inParallel } from './in-parallel';
import { ensureIndex } from './indexes';
import { insertNew } from './insert-new';
import { trackResult } from './tracked';
import type { TrackStatus } from './tracked';
import { eventMetrics, noSums, reach } from './unit-sums-windows';

/** A unit in an experiment: where and since when, and its sums of metric events. */
export interface AssignmentDocument {
  /** Experiment and unit; `assignmentId` makes it. */
  readonly _id: string;
  readonly experiment: string;
  readonly unit: string;
  /** What it met first, by arrival. */
  readonly variant: string;
  /** The earliest exposure in that variant that is known. */
  readonly exposedAt: Date;
  /** Events in [since, until) may matter. */
  readonly since: Date;
  readonly until: Date;
  /** Of the design's segment attributes, in their order; null for one that the unit does not have. */
  readonly segments: readonly (string | null)[];
  /** Exposures in another variant. */
  readonly crossed: number;
  /** By the metric's place: y in the conversion window, x in the look-back (or a ratio's denominator). */
  readonly m: Readonly<Record<string, Double | number>>;
  /** How often its sums were found to be out of date, and which of these times `m` is of. */
  readonly marks: number;
  readonly done: number;
  /** Whether `m` is older than the last mark. */
  readonly dirty: boolean;
}

const CHUNK = 5_000;

/** The place of a unit in an experiment; an experiment's name has no line break. */
export function assignmentId(experiment: string, unit: string): string {
  return `${experiment}\n${unit}`;
}

/** Units and the variants they met first: one document per experiment and unit. */
export class AssignmentStore {
  private readonly assignments: Collection<AssignmentDocument>;

  constructor(db: Db) {
    this.assignments = db.collection('assignments');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    // With `_id` in it the order is whole: sums come out the same to the last bit, whatever came first.
    await ensureIndex(this.assignments, { experiment: 1, exposedAt: 1, _id: 1 }, { name: 'exposed' });
    await ensureIndex(this.assignments, { unit: 1 }, { name: 'unit' });
    await ensureIndex(
      this.assignments,
      { experiment: 1, exposedAt: 1 },
      { name: 'dirty', partialFilterExpression: { dirty: true } },
    );
  }

  /**
   * Records first exposures, which must have passed the schema; durable when it resolves. One that is known is a
   * duplicate, and if it is dated earlier the unit's windows move back; one in another variant is counted as crossed.
   */
  async expose(exposures: readonly Exposure[], known: readonly AssignableExperiment[]): Promise<TrackResult> {
    return trackResult(await this.write(exposures, known));
  }

  /** The same, with what became of each. */
  async write(exposures: readonly Exposure[], known: readonly AssignableExperiment[]): Promise<TrackStatus[]> {
    const byId = new Map(known.map((experiment) => [experiment.design.id, experiment]));
    const statuses = exposures.map((exposure) => refusal(exposure, byId.get(exposure.experiment)));
    const open = statuses.flatMap((status, index) => (status === 'accepted' ? index : []));
    await inParallel(chunksOf(open, CHUNK), async (chunk) => {
      const documents = chunk.map((index) =>
        documentOf(exposures[index]!, byId.get(exposures[index]!.experiment)!.design),
      );
      const there = await insertNew(this.assignments, documents);
      for (const position of there) statuses[chunk[position]!] = 'duplicate';
      await this.meetAgain(there.map((position) => documents[position]!));
    });
    return statuses;
  }

  /** The variants that units of an experiment already met. */
  async sticky(experiment: string, units: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = await this.assignments
      .find({ _id: { $in: units.map((unit) => assignmentId(experiment, unit)) } })
      .project<{ unit: string; variant: string }>({ _id: 0, unit: 1, variant: 1 })
      .toArray();
    return new Map(found.map(({ unit, variant }) => [unit, variant]));
  }

  /** What an exposure changes of a unit that is known. */
  private async meetAgain(documents: readonly AssignmentDocument[]): Promise<void> {
    if (documents.length === 0) return;
    const changes = documents.flatMap((document): AnyBulkWriteOperation<AssignmentDocument>[] => {
      const { _id, variant, exposedAt, since, until, segments } = document;
      const earlier = { _id: { $eq: _id }, variant: { $eq: variant }, exposedAt: { $gt: exposedAt } };
      const moved = { $set: { exposedAt, since, until, segments, dirty: true }, $inc: { marks: 1 } };
      const elsewhere = { _id: { $eq: _id }, variant: { $ne: variant } };
      return [
        { updateOne: { filter: earlier, update: moved } },
        { updateOne: { filter: elsewhere, update: { $inc: { crossed: 1 } } } },
      ];
    });
    await this.assignments.bulkWrite(changes, { ordered: false });
  }
}

function refusal({ variant }: Exposure, known: AssignableExperiment | undefined): TrackStatus {
  if (known === undefined) return 'unknown-experiment';
  if (!known.design.variants.some(({ name }) => name === variant)) return 'unknown-variant';
  return known.running ? 'accepted' : 'experiment-over';
}

function documentOf({ unit, variant, at, attributes }: Exposure, design: ExperimentDesign): AssignmentDocument {
  const metrics = eventMetrics(design);
  const values = new Map(Object.entries(attributes ?? {}));
  return {
    _id: assignmentId(design.id, unit),
    experiment: design.id,
    unit,
    variant,
    exposedAt: new Date(at),
    ...reach(design, ms(at)),
    segments: design.segments.map((attribute) => {
      const value = values.get(attribute) ?? null;
      return value === null ? null : String(value);
    }),
    crossed: 0,
    m: noSums(metrics),
    marks: 1,
    done: 0,
    dirty: metrics.length > 0,
  };
}
