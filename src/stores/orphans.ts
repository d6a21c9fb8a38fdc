import type { Collection, Db } from 'mongodb';
import type { LedgerEntry, ModelTarget, ModelVersion, Serving } from '../contracts';
import { isDuplicateKey } from './unique-batch';

type ServingDocument = Serving & { readonly _id: string };

interface ClaimDocument {
  readonly _id: string;
  readonly owners: readonly string[];
  readonly file: string | null;
  readonly claimedAt: Date;
}

/** What a crash may have left across collections, and no store of one aggregate sees. */
export class OrphanStore {
  private readonly deployments: Collection<ServingDocument>;
  private readonly ledger: Collection<LedgerEntry & { readonly _id: string }>;
  private readonly versions: Collection<ModelVersion & { readonly _id: string }>;
  private readonly baselines: Collection<{ readonly _id: string; readonly artifact: string }>;
  private readonly claims: Collection<ClaimDocument>;

  constructor(db: Db) {
    this.deployments = db.collection('deployments');
    this.ledger = db.collection('deploymentLedger');
    this.versions = db.collection('models');
    this.baselines = db.collection('baselines');
    this.claims = db.collection('artifactClaims');
  }

  /** Every target that a decision or a deployment document names. */
  async deployed(): Promise<ModelTarget[]> {
    const groups = [{ $group: { _id: { model: '$model', environment: '$environment' } } }, { $sort: { _id: 1 } }];
    const [decided, served] = await Promise.all([
      this.ledger.aggregate<{ _id: ModelTarget }>(groups).toArray(),
      this.deployments.aggregate<{ _id: ModelTarget }>(groups).toArray(),
    ]);
    const targets = new Map([...decided, ...served].map(({ _id }) => [`${_id.model}:${_id.environment}`, _id]));
    return [...targets.keys()].sort().map((key) => targets.get(key)!);
  }

  /** Models with a registered version, by name. */
  async models(): Promise<string[]> {
    return (await this.versions.distinct('model')).sort();
  }

  /**
   * Makes the deployment document what it must be, unless a decision has moved it on since it was seen.
   * @param seen the token of the document as it was seen; null where it was missing
   * @returns whether it was rewritten
   */
  async rewriteServing(serving: Serving, seen: number | null): Promise<boolean> {
    const _id = `${serving.model}:${serving.environment}`;
    if (seen !== null) {
      const { matchedCount } = await this.deployments.replaceOne({ _id: { $eq: _id }, token: { $eq: seen } }, serving);
      return matchedCount > 0;
    }
    try {
      await this.deployments.insertOne({ _id, ...serving });
      return true;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return false;
    }
  }

  /** Whether a version that may serve, or a baseline, names an artifact. */
  async isNamed(digest: string): Promise<boolean> {
    const version = await this.versions.findOne({ artifact: { $eq: digest }, state: { $ne: 'deleted' } });
    return version !== null || (await this.baselines.findOne({ artifact: { $eq: digest } })) !== null;
  }

  /** Artifacts last claimed before a time, by owners that may give up their claims, that nothing names; by digest. */
  async claimed(before: Date): Promise<{ readonly digest: string; readonly owners: readonly string[] }[]> {
    const found = await this.claims
      // Without an owner it is claimed for good.
      .find({ claimedAt: { $lt: before }, file: { $ne: null }, owners: { $nin: [''], $ne: [] } })
      .sort({ _id: 1 })
      .toArray();
    const named = await Promise.all(found.map(({ _id }) => this.isNamed(_id)));
    return found.filter((_, k) => !named[k]).map(({ _id, owners }) => ({ digest: _id, owners }));
  }
}
