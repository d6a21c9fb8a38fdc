import { DEFAULT_TRAINER } from '../contracts';
import type { Interval, ModelVersion, Performance } from '../contracts';
import { registerModelSchema, parseWith } from '../schemas';
import type { Stores } from '../stores';

/** A model to register. */
export interface RegisterModel {
  readonly model: string;
  /** Idempotency key: the same key again returns the version registered under it. */
  readonly key: string;
  readonly artifact: Uint8Array;
  /** The stage that can score with it. Default `logistic-regression`. */
  readonly trainer?: string | undefined;
  readonly dataset?: string | undefined;
  readonly trainedOn?: Interval | undefined;
  readonly metrics?: Readonly<Record<string, Performance>> | undefined;
}

/** The model registry. */
export class ModelsClient {
  private readonly stores: Stores;

  constructor(stores: Stores) {
    this.stores = stores;
  }

  /** Stores the artifact under its digest and registers it as the next version. */
  async register(request: RegisterModel): Promise<ModelVersion> {
    const { artifact, ...fields } = request;
    const checked = parseWith(registerModelSchema, fields, 'model');
    const digest = await this.stores.artifacts.put(artifact);
    return this.stores.registry.register({
      model: checked.model,
      key: checked.key,
      artifact: digest,
      trainer: checked.trainer ?? DEFAULT_TRAINER,
      dataset: checked.dataset ?? null,
      trainedOn: checked.trainedOn ?? null,
      metrics: request.metrics ?? {},
      state: 'registered',
    });
  }

  /** Every version of a model, by number. */
  async list(model: string): Promise<ModelVersion[]> {
    return this.stores.registry.list(model);
  }

  /** One version, or null. */
  async find(model: string, version: number): Promise<ModelVersion | null> {
    return this.stores.registry.find(model, version);
  }

  /** The verified bytes of a version's artifact. */
  async artifact(version: Pick<ModelVersion, 'artifact'>): Promise<Uint8Array> {
    return this.stores.artifacts.get(version.artifact);
  }
}
