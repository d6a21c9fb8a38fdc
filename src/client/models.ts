import { ApplicationFailure } from '@temporalio/common';
import { failureTypes, versionName } from '../contracts';
import type {
  Hyperparameter,
  Interval,
  MetricEstimate,
  ModelAlias,
  ModelSignature,
  ModelTarget,
  ModelVersion,
  Performance,
  VersionLineage,
} from '../contracts';
import { formatOf, signatureOf, trainerOf } from '../models';
import * as schemas from '../schemas';
import { parseWith, SchemaError } from '../schemas';
import { artifactNeeds } from '../stores';
import type { Stores } from '../stores';
import type { TargetInput } from './ingestion';

/** A model to register. */
export interface RegisterModel {
  readonly model: string;
  /** Idempotency key: the same key again returns the version registered under it. */
  readonly key: string;
  /** JSON of ours, an ONNX model, or the bytes of a trainer of your own. */
  readonly artifact: Uint8Array;
  /** The stage that can score with it; what ships is told from the bytes. */
  readonly trainer?: string | undefined;
  /** SHA-256 of the artifact, hex, if it came a long way: other bytes are refused. */
  readonly digest?: string | undefined;
  readonly dataset?: string | undefined;
  readonly trainedOn?: Interval | undefined;
  readonly metrics?: Readonly<Record<string, Performance>> | undefined;
  /** The features by name in ascending order. ONNX needs it; JSON of ours says it itself. */
  readonly signature?: ModelSignature | undefined;
  /** Commit, package or image that trained it. */
  readonly code?: string | undefined;
  readonly hyperparameters?: Readonly<Record<string, Hyperparameter>> | undefined;
  readonly estimates?: Readonly<Record<string, MetricEstimate>> | undefined;
  readonly lineage?: VersionLineage | undefined;
}

/** Where a version serves, and as what. */
export interface VersionServing extends ModelTarget {
  readonly version: number;
  readonly as: 'champion' | 'challenger' | 'shadow';
}

/** The model registry. */
export class ModelsClient {
  private readonly stores: Stores;

  constructor(stores: Stores) {
    this.stores = stores;
  }

  /**
   * Stores the artifact under its digest and registers it as the next version. Everything is checked before anything
   * is stored.
   * @throws ModelFormatError for a pickle, an archive, an executable or an unknown format, told from the bytes
   * @throws SchemaError for a digest or a signature that is not the artifact's, or a bad field
   * @example
   * await loopwright.models.register({ model: 'bike', key: 'first', artifact: readFileSync('bike.onnx'), signature });
   */
  async register(request: RegisterModel): Promise<ModelVersion> {
    const { artifact, ...fields } = request;
    const { digest: stated, trainer, ...checked } = parseWith(schemas.registerModelSchema, fields, 'model');
    const format = formatOf(artifact, trainer);
    const signature = signatureFor(artifact, format, checked.signature);
    const digest = this.stores.artifacts.digestOf(artifact);
    if (stated !== undefined && stated !== digest) throw wrong('digest', stated, `expected ${digest}, the artifact's`);
    const owner = ownerOf(checked.model, checked.key);
    await this.stores.artifacts.put(artifact, owner);
    const registered = await this.stores.registry.register({
      ...checked,
      artifact: digest,
      trainer: trainerOf(format) ?? trainer!,
      dataset: checked.dataset ?? null,
      trainedOn: checked.trainedOn ?? null,
      metrics: checked.metrics ?? {},
      state: 'registered',
      format,
      signature,
    });
    // The key was taken by other bytes, or by a version that is deleted: nobody needs these.
    if (registered.artifact !== digest || registered.state === 'deleted')
      await this.stores.artifacts.release(digest, owner, artifactNeeds(this.stores));
    return registered;
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

  /** What an alias stands for now, read from what serves; null where nothing is called that. */
  async alias(target: TargetInput, alias: ModelAlias): Promise<ModelVersion | null> {
    const checked = parseWith(schemas.targetSchema, target, 'target');
    const name = parseWith(schemas.aliasSchema, alias, 'alias');
    const version = (await this.stores.deployments.current(checked))?.[name] ?? null;
    return version === null ? null : this.stores.registry.find(checked.model, version);
  }

  /** Where versions of a model serve, by environment. */
  async versionsServing(model: string): Promise<VersionServing[]> {
    const roles = ['champion', 'challenger', 'shadow'] as const;
    return (await this.stores.deployments.all())
      .filter((serving) => serving.model === model)
      .flatMap((serving) =>
        roles.flatMap((as) => {
          const version = serving[as] ?? null;
          return version === null ? [] : [{ model, environment: serving.environment, version, as }];
        }),
      );
  }

  /**
   * Deletes a version: its number is never given again and its record stays, but it never serves again and its
   * artifact goes, unless another version or a retraining needs it. A removal cut off is ended by the same call.
   * @throws ApplicationFailure `failureTypes.conflict` while it serves anywhere, `failureTypes.notFound`
   */
  async remove(model: string, version: number, decision: { who: string; reason: string }): Promise<ModelVersion> {
    const checked = parseWith(schemas.modelVersionSchema, { model, version }, 'version');
    const { who, reason } = parseWith(schemas.removalSchema, decision, 'removal');
    await this.refuseServing(checked);
    const before = await this.stores.registry.remove(checked.model, checked.version, `${who}: ${reason}`);
    if (before === null) {
      const message = `${versionName(model, version)} is not registered`;
      throw ApplicationFailure.nonRetryable(message, failureTypes.notFound);
    }
    try {
      // From here on no deployment takes it; one that took it just before is met now.
      await this.refuseServing(checked);
    } catch (error) {
      await this.stores.registry.restore(before, (error as Error).message);
      throw error;
    }
    await this.stores.artifacts.release(before.artifact, ownerOf(before.model, before.key), artifactNeeds(this.stores));
    return (await this.stores.registry.find(before.model, before.version))!;
  }

  private async refuseServing({ model, version }: { model: string; version: number }): Promise<void> {
    const found = (await this.versionsServing(model)).find((serving) => serving.version === version);
    if (found === undefined) return this.refuseHiddenRollout(model, version);
    const message = `${versionName(model, version)} serves in ${found.environment} as ${found.as}: withdraw it first`;
    throw ApplicationFailure.nonRetryable(message, failureTypes.conflict);
  }

  /** While a rollout verifies its version, what serves does not name it yet. */
  private async refuseHiddenRollout(model: string, version: number): Promise<void> {
    const hidden = (await this.stores.deployments.all()).find(
      ({ model: whose, rollout, challenger, shadow }) =>
        whose === model && rollout != null && challenger === null && shadow == null,
    );
    if (hidden === undefined) return;
    const message = `${versionName(model, version)} may be what rolls out in ${hidden.environment}: wait for rollout ${hidden.rollout}`;
    throw ApplicationFailure.nonRetryable(message, failureTypes.conflict);
  }
}

/** Whose the artifact is until a version names it. */
function ownerOf(model: string, key: string): string {
  return `registration/${model}/${key}`;
}

/** The signature that the bytes say, or the one that is given where they say none. */
function signatureFor(
  artifact: Uint8Array,
  format: ReturnType<typeof formatOf>,
  given: ModelSignature | undefined,
): ModelSignature | undefined {
  const own = signatureOf(artifact, format);
  if (own === null && format === 'onnx' && (given?.length ?? 0) === 0) {
    throw wrong('signature', given, 'expected the features of the ONNX model, in the order of its input');
  }
  if (own === null || given === undefined) return own ?? given;
  const index = Array.from({ length: Math.max(own.length, given.length) }, (_, k) => k).find(
    (k) => own[k]?.name !== given[k]?.name || own[k]?.type !== given[k]?.type,
  );
  if (index === undefined) return own;
  const expected = own[index] === undefined ? 'none' : `${own[index].name}, a ${own[index].type}`;
  throw wrong(`signature.${index}`, given[index], `expected ${expected}, as the model says`);
}

function wrong(path: string, value: unknown, expected: string): SchemaError {
  return new SchemaError('model', [{ path, value: schemas.shorten(value), expected, code: 'custom' }]);
}
