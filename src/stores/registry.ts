import type { Collection, Db } from 'mongodb';
import { versionName } from '../contracts';
import type { ModelTarget, ModelVersion, VersionState } from '../contracts';
import { isDuplicateKey } from './unique-batch';
import { ensureIndex } from './indexes';

interface VersionDocument extends ModelVersion {
  readonly _id: string;
  /** Idempotency key of the registration. */
  readonly key: string;
  readonly createdAt: Date;
  readonly notes: readonly { readonly at: Date; readonly state: VersionState; readonly reason: string }[];
}

/** What a registration says. */
export type NewVersion = Omit<ModelVersion, 'version' | 'name'> & { readonly key: string };

/** Versions of models: numbered without gaps, immutable but for their state. */
export class RegistryStore {
  private readonly versions: Collection<VersionDocument>;

  constructor(db: Db) {
    this.versions = db.collection('models');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.versions, { model: 1, version: 1 }, { unique: true, name: 'version' });
    await ensureIndex(this.versions, { model: 1, key: 1 }, { unique: true, name: 'key' });
  }

  /** Registers a version under the next number; the same key again returns what was registered. */
  async register(entry: NewVersion): Promise<ModelVersion> {
    for (;;) {
      const known = await this.versions.findOne({ model: { $eq: entry.model }, key: { $eq: entry.key } });
      if (known !== null) return toVersion(known);
      const last = await this.versions
        .find({ model: { $eq: entry.model } })
        .sort({ version: -1 })
        .limit(1)
        .next();
      const version = (last?.version ?? 0) + 1;
      const name = versionName(entry.model, version);
      const document = { _id: name, ...entry, version, name, createdAt: new Date(), notes: [] };
      try {
        await this.versions.insertOne(document);
        return toVersion(document);
      } catch (error) {
        // Someone else took the number or the key: look again.
        if (!isDuplicateKey(error)) throw error;
      }
    }
  }

  /** The version a registration key led to, if it got so far. */
  async findByKey(model: string, key: string): Promise<ModelVersion | null> {
    const found = await this.versions.findOne({ model: { $eq: model }, key: { $eq: key } });
    return found === null ? null : toVersion(found);
  }

  /** One version, or null. */
  async find(model: string, version: number): Promise<ModelVersion | null> {
    const found = await this.versions.findOne({ model: { $eq: model }, version: { $eq: version } });
    return found === null ? null : toVersion(found);
  }

  /** All versions of a model, by number. */
  async list(model: string): Promise<ModelVersion[]> {
    return (
      await this.versions
        .find({ model: { $eq: model } })
        .sort({ version: 1 })
        .toArray()
    ).map(toVersion);
  }

  /** Moves a version to a state, with the reason; the same state again changes nothing. */
  async setState(model: string, version: number, state: VersionState, reason: string): Promise<void> {
    await this.versions.updateOne(
      { model: { $eq: model }, version: { $eq: version }, state: { $ne: state } },
      { $set: { state }, $push: { notes: { at: new Date(), state, reason } } },
    );
  }

  /** Challengers of a model that no retraining and no deployment may still need; for `doctor`. */
  async challengers(target: ModelTarget): Promise<ModelVersion[]> {
    return (await this.list(target.model)).filter(({ state }) => state === 'challenger');
  }
}

function toVersion(document: VersionDocument): ModelVersion {
  const { model, version, name, artifact, trainer, dataset, trainedOn, metrics, state } = document;
  return { model, version, name, artifact, trainer, dataset, trainedOn, metrics, state };
}
