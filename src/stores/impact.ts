import type { Collection, Db } from 'mongodb';
import type { ControlGroup, ImpactClosing, ImpactHistory, ImpactRecord, ImpactReport, ImpactSpec } from '../contracts';
import { ensureIndex } from './indexes';
import { isDuplicateKey } from './insert-once';

interface ImpactDocument extends ImpactRecord {
  /** The model. */
  readonly _id: string;
}

interface ReportDocument {
  readonly _id: string;
  readonly model: string;
  readonly month: string;
  readonly revision: number;
  /** What the report was made of: while that stays, so does the report. */
  readonly inputs: string;
  readonly report: ImpactReport;
}

/** A report and what it was made of. */
export type StandingReport = Pick<ReportDocument, 'inputs' | 'report'>;

/** Trackers, by which services divide users, and the reports of their months. */
export class ImpactStore {
  private readonly trackers: Collection<ImpactDocument>;
  private readonly reports: Collection<ReportDocument>;

  constructor(db: Db) {
    this.trackers = db.collection('impacts');
    this.reports = db.collection('impactReports');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.reports, { model: 1, month: 1, revision: -1 }, { name: 'month' });
  }

  /** Records a tracker, or opens it again: control groups that were declared before stand, and are returned. */
  async open(spec: ImpactSpec): Promise<readonly ControlGroup[]> {
    const { rotation, controlGroupSize, start } = spec;
    const found = await this.trackers.findOneAndUpdate(
      { _id: { $eq: spec.model } },
      { $set: { spec, closed: null }, $setOnInsert: { groups: [{ rotation, controlGroupSize, from: start }] } },
      { upsert: true, returnDocument: 'after' },
    );
    return found!.groups;
  }

  /** Changes what services divide users by. */
  async record(spec: ImpactSpec, groups: readonly ControlGroup[]): Promise<void> {
    await this.trackers.updateOne({ _id: { $eq: spec.model } }, { $set: { spec, groups } });
  }

  /** Records the end. */
  async end(model: string, closed: ImpactClosing): Promise<void> {
    await this.trackers.updateOne({ _id: { $eq: model } }, { $set: { closed } });
  }

  /** A tracker, or null. */
  async find(model: string): Promise<ImpactRecord | null> {
    const found = await this.trackers.findOne({ _id: { $eq: model } });
    return found === null ? null : recordOf(found);
  }

  /** Every tracker, by model. */
  async list(): Promise<ImpactRecord[]> {
    return (await this.trackers.find().sort({ _id: 1 }).toArray()).map(recordOf);
  }

  /**
   * Records a report and returns what stands. One whose windows are open (revision 0) takes the place of the one before;
   * of two that are written at once with the same revision the first stands.
   */
  async putReport(report: ImpactReport, inputs: string): Promise<ImpactReport> {
    const { model, month, revision } = report;
    const _id = `${model}/${month}/${revision}`;
    const document = { model, month, revision, inputs, report };
    if (revision === 0) {
      await this.reports.replaceOne({ _id: { $eq: _id } }, document, { upsert: true });
      return report;
    }
    try {
      await this.reports.insertOne({ _id, ...document });
      return report;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return (await this.reports.findOne({ _id: { $eq: _id } }))!.report;
    }
  }

  /** Says that other inputs gave the same report. */
  async confirmReport({ model, month, revision }: ImpactReport, inputs: string): Promise<void> {
    await this.reports.updateOne({ _id: { $eq: `${model}/${month}/${revision}` } }, { $set: { inputs } });
  }

  /** The last revision of each month, oldest month first. */
  async standing(model: string): Promise<StandingReport[]> {
    return this.reports
      .aggregate<StandingReport>([
        { $match: { model: { $eq: model } } },
        { $sort: { month: 1, revision: -1 } },
        { $group: { _id: '$month', inputs: { $first: '$inputs' }, report: { $first: '$report' } } },
        { $sort: { _id: 1 } },
        { $project: { _id: 0 } },
      ])
      .toArray();
  }

  /** The same, without what they were made of. */
  async history(model: string): Promise<ImpactHistory> {
    return (await this.standing(model)).map(({ report }) => report);
  }

  /** Every revision of a month, oldest first. */
  async revisions(model: string, month: string): Promise<ImpactReport[]> {
    const found = await this.reports
      .find({ model: { $eq: model }, month: { $eq: month } })
      .sort({ revision: 1 })
      .toArray();
    return found.map(({ report }) => report);
  }
}

function recordOf({ _id: _, ...record }: ImpactDocument): ImpactRecord {
  return record;
}
