import type { Collection, Db } from 'mongodb';
import { versionName } from '../contracts';
import type {
  Hyperparameter,
  MetricEstimate,
  ModelTarget,
  ModelVersion,
  Performance,
  VersionState,
} from '../contracts';
import { isDuplicateKey } from './unique-batch';
import { ensureIndex } from './indexes';
import { fromPairs, toPairs } from './pairs';
import type { Pair } from './pairs';

type Kept<T> = readonly Pair<T>[] | Readonly<Record<string, T>>;
type Recorded = 'metrics' | 'estimates' | 'hyperparameters' | 'registeredAt';

interface VersionDocument extends Omit<ModelVersion, Recorded> {
  readonly _id: string;
  /** Idempotency key of the registration. */
  readonly key: string;
  readonly metrics: Kept<Performance>;
  readonly estimates?: Kept<MetricEstimate>;
  readonly hyperparameters?: Kept<Hyperparameter>;
  readonly createdAt: Date;
  readonly notes: readonly { readonly at: Date; readonly state: VersionState; readonly reason: string }[];
}

/** What a registration says. */
export type NewVersion = Omit<ModelVersion, 'version' | 'name' | 'registeredAt'> & { readonly key: string };

/** A version and the key that it was registered under. */
export interface RegisteredVersion extends ModelVersion {
  readonly key: string;
}

/** Versions of models: numbered without gaps, immutable but for their state and the notes on it. */
export class RegistryStore {
  private readonly versions: Collection<VersionDocument>;

  constructor(db: Db) {
    this.versions = db.collection('models');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.versions, { model: 1, version: 1 }, { unique: true, name: 'version' });
    await ensureIndex(this.versions, { model: 1, key: 1 }, { unique: true, name: 'key' });
    await ensureIndex(this.versions, { artifact: 1 }, { name: 'artifact' });
    await ensureIndex(this.versions, { dataset: 1 }, { name: 'dataset' });
    await ensureIndex(this.versions, { state: 1, model: 1, version: 1 }, { name: 'state' });
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
      const document = toDocument(entry, (last?.version ?? 0) + 1);
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

  /** A version of any model that names an artifact and is not deleted, or null. */
  async findByArtifact(digest: string): Promise<ModelVersion | null> {
    return this.first({ artifact: digest });
  }

  /** A version of any model that names a dataset version and is not deleted, or null. */
  async findByDataset(dataset: string): Promise<ModelVersion | null> {
    return this.first({ dataset });
  }

  /** Models with a registered version, by name. */
  async models(): Promise<string[]> {
    return (await this.versions.distinct('model')).sort();
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

  /** Moves a version to a state, with the reason; the same state again changes nothing, and deleted is for good. */
  async setState(model: string, version: number, state: VersionState, reason: string): Promise<void> {
    await this.versions.updateOne(
      { model: { $eq: model }, version: { $eq: version }, state: { $nin: [state, 'deleted'] } },
      { $set: { state }, $push: { notes: { at: new Date(), state, reason } } },
    );
  }

  /**
   * Marks a version as deleted: its record and number stay, and it never serves again. Whether it serves is for the
   * caller to see to.
   * @returns the version as it was, with its key; null where it is not registered
   */
  async remove(model: string, version: number, reason: string): Promise<RegisteredVersion | null> {
    const state = 'deleted' as const;
    const before = await this.versions.findOneAndUpdate(
      { model: { $eq: model }, version: { $eq: version }, state: { $ne: state } },
      { $set: { state }, $push: { notes: { at: new Date(), state, reason } } },
      { returnDocument: 'before' },
    );
    const found = before ?? (await this.versions.findOne({ model: { $eq: model }, version: { $eq: version } }));
    return found === null ? null : { ...toVersion(found), key: found.key };
  }

  /** Takes a removal back that met a deployment on its way. */
  async restore({ model, version, state }: ModelVersion, reason: string): Promise<void> {
    await this.versions.updateOne(
      { model: { $eq: model }, version: { $eq: version }, state: { $eq: 'deleted' } },
      { $set: { state }, $push: { notes: { at: new Date(), state, reason } } },
    );
  }

  /** Challengers of a model that no retraining and no deployment may still need; for `doctor`. */
  async challengers(target: ModelTarget): Promise<ModelVersion[]> {
    return (await this.list(target.model)).filter(({ state }) => state === 'challenger');
  }

  /** Challengers of every model, by model and number; for `doctor`. */
  async openChallengers(): Promise<ModelVersion[]> {
    return (
      await this.versions
        .find({ state: { $eq: 'challenger' } })
        .sort({ model: 1, version: 1 })
        .toArray()
    ).map(toVersion);
  }

  private async first(
    names: { readonly artifact: string } | { readonly dataset: string },
  ): Promise<ModelVersion | null> {
    const named = 'artifact' in names ? { artifact: { $eq: names.artifact } } : { dataset: { $eq: names.dataset } };
    const found = await this.versions
      .find({ ...named, state: { $ne: 'deleted' } })
      .sort({ _id: 1 })
      .limit(1)
      .next();
    return found === null ? null : toVersion(found);
  }
}

function toDocument({ metrics, estimates, hyperparameters, ...fields }: NewVersion, version: number): VersionDocument {
  const name = versionName(fields.model, version);
  return {
    _id: name,
    ...fields,
    metrics: toPairs(metrics),
    ...(estimates === undefined ? {} : { estimates: toPairs(estimates) }),
    ...(hyperparameters === undefined ? {} : { hyperparameters: toPairs(hyperparameters) }),
    version,
    name,
    createdAt: new Date(),
    notes: [],
  };
}

/** A field that an earlier release did not write is missing, not null. */
function toVersion(document: VersionDocument): ModelVersion {
  const { model, version, name, artifact, trainer, dataset, trainedOn, metrics, state } = document;
  const { format, signature, code, hyperparameters, estimates, lineage, createdAt } = document;
  return {
    ...{ model, version, name, artifact, trainer, dataset, trainedOn, metrics: fromPairs(metrics), state },
    ...(format == null ? {} : { format }),
    ...(signature == null ? {} : { signature }),
    ...(code == null ? {} : { code }),
    ...(hyperparameters == null ? {} : { hyperparameters: fromPairs(hyperparameters) }),
    ...(estimates == null ? {} : { estimates: fromPairs(estimates) }),
    ...(lineage == null ? {} : { lineage }),
    registeredAt: createdAt.toISOString(),
  };
}
