import type {
  EvaluationContext,
  EvaluationDetails,
  FlagValue,
  Hook,
  HookContext,
  JsonValue,
  OpenFeatureEventEmitter,
  Provider,
  ResolutionDetails,
  TrackingEventDetails,
} from '@openfeature/server-sdk';
import type * as sdk from '@openfeature/server-sdk';
import type { ExperimentAssigner } from './experiment-assigner';
import { attributesOf, unitOf } from './open-feature-context';
import { booleanFlag, failed, numberFlag, objectFlag, resolved, textFlag } from './open-feature-resolution';
import type { FlagType } from './open-feature-resolution';
import { EventLog } from './open-feature-tracking';
import type { EventSink } from './open-feature-tracking';
import { warn } from './warn';

/** What a provider does beside evaluating. */
export interface OpenFeatureOptions {
  /** Where events of OpenFeature's tracking go; without it they are dropped. */
  readonly tracking?: EventSink | undefined;
  /** Told of what goes wrong in the background. Default: a line of `console.warn`. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const PACKAGE = '@openfeature/server-sdk';

type Sdk = typeof sdk;

/**
 * An OpenFeature provider: a flag key is the id of an experiment. Text resolves to the variant's name, a boolean to
 * whether it is not the control, a number to the variant's model version, an object to the whole assignment. Closing
 * it writes what waits and leaves the assigner open.
 * @throws Error naming the package to install when OpenFeature is not there
 * @example await OpenFeature.setProviderAndWait(await createOpenFeatureProvider(assigner, { tracking: client.tracking }));
 */
export async function createOpenFeatureProvider(
  assigner: ExperimentAssigner,
  options: OpenFeatureOptions = {},
): Promise<Provider> {
  return new ExperimentProvider(await loadOpenFeature(), assigner, options);
}

async function loadOpenFeature(): Promise<Sdk> {
  try {
    return await import('@openfeature/server-sdk');
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).endsWith('MODULE_NOT_FOUND')) throw error;
    throw new Error(`the provider needs ${PACKAGE}, which is not installed: npm install ${PACKAGE}`, { cause: error });
  }
}

class ExperimentProvider implements Provider {
  readonly metadata = { name: 'loopwright' } as const;
  readonly runsOn = 'server';
  readonly events: OpenFeatureEventEmitter;
  readonly hooks: Hook[] = [{ after: (context, details) => this.expose(context, details) }];
  private readonly sdk: Sdk;
  private readonly assigner: ExperimentAssigner;
  private readonly log: EventLog | null;
  private stopListening: (() => void) | null = null;

  constructor(sdk: Sdk, assigner: ExperimentAssigner, { tracking, onError = warn }: OpenFeatureOptions) {
    this.sdk = sdk;
    this.assigner = assigner;
    this.events = new sdk.OpenFeatureEventEmitter();
    this.log = tracking === undefined ? null : new EventLog(tracking, onError);
  }

  /** The assigner has read its experiments before it was given to this. */
  initialize(): Promise<void> {
    this.stopListening ??= this.assigner.onChange((ids) => {
      this.events.emit(this.sdk.ProviderEvents.ConfigurationChanged, { flagsChanged: [...ids] });
    });
    return Promise.resolve();
  }

  async onClose(): Promise<void> {
    this.stopListening?.();
    this.stopListening = null;
    await this.assigner.flush();
    await this.log?.close();
  }

  resolveStringEvaluation(key: string, fallback: string, context: EvaluationContext) {
    return this.resolve(key, fallback, context, textFlag);
  }

  resolveBooleanEvaluation(key: string, fallback: boolean, context: EvaluationContext) {
    return this.resolve(key, fallback, context, booleanFlag);
  }

  resolveNumberEvaluation(key: string, fallback: number, context: EvaluationContext) {
    return this.resolve(key, fallback, context, numberFlag);
  }

  resolveObjectEvaluation<T extends JsonValue>(key: string, fallback: T, context: EvaluationContext) {
    return this.resolve(key, fallback, context, objectFlag as FlagType<T>);
  }

  track(event: string, context: EvaluationContext, details: TrackingEventDetails = {}): void {
    this.log?.add(event, context, details);
  }

  private async resolve<T>(
    key: string,
    fallback: T,
    context: EvaluationContext,
    type: FlagType<T>,
  ): Promise<ResolutionDetails<T>> {
    const design = this.assigner.experiment(key)?.design;
    if (design === undefined)
      return failed(fallback, 'FLAG_NOT_FOUND', `experiment ${JSON.stringify(key)} is not known`);
    const mismatch = type.mismatch(design);
    if (mismatch !== null) return failed(fallback, 'TYPE_MISMATCH', mismatch);
    const unit = unitOf(design, context);
    if (unit === undefined)
      return failed(fallback, 'TARGETING_KEY_MISSING', `expected targetingKey, or ${design.unit}, in the context`);
    try {
      const answer = await this.assigner.assign(key, unit, attributesOf(design, context), { expose: false });
      return resolved(answer, fallback, type);
    } catch (error) {
      if (error instanceof TypeError) return failed(fallback, 'INVALID_CONTEXT', error.message);
      throw error;
    }
  }

  /** Runs after an evaluation that succeeded: the application has the value now. Testers are not counted. */
  private expose({ flagKey, context }: HookContext, { variant, flagMetadata }: EvaluationDetails<FlagValue>): void {
    const design = this.assigner.experiment(flagKey)?.design;
    const unit = design === undefined ? undefined : unitOf(design, context);
    if (design === undefined || unit === undefined || variant === undefined) return;
    const { by } = flagMetadata;
    this.assigner.expose({ experiment: flagKey, unit, variant, by: String(by) }, attributesOf(design, context));
  }
}
