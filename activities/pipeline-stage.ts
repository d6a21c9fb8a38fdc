import { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { Images } from '../src/adapters/executor';
import { STAGE_FAILED } from '../src/contracts';
import type { PipelineValue, PlannedStage, StageExecutor, StageReport, StageUnit } from '../src/contracts';
import { brokenRules } from '../src/domain/pipeline-gate';
import { durationMs } from '../src/domain/time';
import type { IntendedStage, StageOutcome, Stores } from '../src/stores';
import { attempt } from './pipeline-attempt';
import { sharedOutcome } from './pipeline-cache';
import { unmapped } from './pipeline-check';
import { giveTo, readUpstream } from './pipeline-given';
import type { Given, GivenInput } from './pipeline-given';
import { cacheKey } from './pipeline-key';
import { stageOf } from './pipeline-known';
import type { Known, KnownRun } from './pipeline-known';
import { refused } from './pipeline-spec';

/** What runs stages. */
export interface StageDeps {
  readonly stores: Stores;
  readonly images: Images;
  readonly known: Known;
}

/** What a deployment stage without an image leaves. */
const NOTHING: StageOutcome = { outputs: {}, metrics: {}, broken: [], source: 'run', log: null };

/** Runs one unit of a stage, or takes the result that it has already. */
export async function runStage(deps: StageDeps, unit: StageUnit): Promise<StageReport> {
  const { stores, images } = deps;
  const known = await deps.known.run(unit.run);
  const stage = stageOf(known, unit.stage);
  const executor = images.executorOf(stage.image);
  if (executor === null && stage.deployment === undefined)
    throw refused(`pipeline ${known.run.pipeline} on this worker`, [
      unmapped(images, `${stage.name}.image`, stage.image),
    ]);
  const given = giveTo(known, stage, unit.unit, await readUpstream(stores, known, stage), images);
  const intended = await intend(stores, executor, stage, given);
  const { attempt: number } = Context.current().info;
  const standing = await stores.pipelineStages.begin(unit, number, intended);
  const outcome = standing ?? (await make(deps, { known, stage, executor, given, unit, key: intended.key }));
  return reportOf(known, stage, outcome);
}

interface Work {
  readonly known: KnownRun;
  readonly stage: PlannedStage;
  readonly executor: StageExecutor | null;
  readonly given: Given;
  readonly unit: StageUnit;
  /** Nothing where the stage has no cache. */
  readonly key: string;
}

async function make(deps: StageDeps, work: Work): Promise<StageOutcome> {
  const { stores } = deps;
  const { stage, unit, key, executor } = work;
  if (executor === null) return stores.pipelineStages.succeed(unit, NOTHING);
  const judge = (metrics: Readonly<Record<string, number>>) => brokenRules(stage.validationRules, metrics);
  const run = () => carryOut(deps, { ...work, executor }, judge);
  const holder = `${unit.run}/${unit.stage}/${unit.unit}`;
  const outcome =
    stage.cache === undefined
      ? await run()
      : await sharedOutcome(
          stores,
          { key, holder, run: unit.run, maxAgeMs: durationMs(stage.cache.maxAge), judge },
          run,
        );
  return stores.pipelineStages.succeed(unit, outcome);
}

/** One attempt; one that fails is recorded with its log. */
async function carryOut(
  { stores, images }: StageDeps,
  { known, stage, executor, given, unit, key }: Work & { readonly executor: StageExecutor },
  judge: (metrics: Readonly<Record<string, number>>) => readonly string[],
): Promise<StageOutcome> {
  const { name, image, command, args, outputs, resources, secrets } = stage;
  const { _id: run, pipeline, day: date, params } = known.run;
  // What a result is shared for is all that it is made of: of a run's own day and parameters only its inputs tell.
  const ofRun = stage.cache === undefined ? { date, parameters: params } : { parameters: {} };
  const told = {
    ...{ pipeline, run, stage: name, attempt: Context.current().info.attempt, ...ofRun },
    ...(given.item === null ? {} : { item: given.item }),
    hyperparameters: given.hyperparameters,
  };
  const plan = { executor, image, command, args, secrets, resources, told, inputs: given.inputs, outputs };
  const ended = await attempt({ stores, images }, plan);
  const failure = 'failure' in ended ? ended.failure : await changed(stores, stage, executor, given, key);
  if (failure !== null || 'failure' in ended) {
    const why = failure instanceof CancelledFailure ? 'stopped before it ended' : failure!.message;
    await stores.pipelineStages.fail(unit, why, ended.log);
    throw failure!;
  }
  return { ...ended, broken: judge(ended.metrics), source: 'run' };
}

/** A result is put under what it was made of: what lies at a path may have changed while it was read. */
async function changed(
  stores: Stores,
  stage: PlannedStage,
  executor: StageExecutor,
  given: Given,
  key: string,
): Promise<Error | null> {
  if (key === '' || !given.inputs.some((input) => input.kind === 'path' && 'host' in input.source)) return null;
  if ((await cacheKey(stores, executor, await executor.version(stage.image), stage, given)) === key) return null;
  const message = `${stage.name}: what lies at an input's path changed while the stage ran`;
  return ApplicationFailure.create({ message, type: STAGE_FAILED, nonRetryable: false });
}

async function intend(
  stores: Stores,
  executor: StageExecutor | null,
  stage: PlannedStage,
  given: Given,
): Promise<IntendedStage> {
  const { image, command, args, cache } = stage;
  const version = executor === null ? '' : await executor.version(image);
  const key = cache === undefined || executor === null ? '' : await cacheKey(stores, executor, version, stage, given);
  const inputs = Object.fromEntries(given.inputs.map((input) => [input.name, addressOf(input)]));
  const { hyperparameters } = given;
  return { image, executor: executor?.kind ?? 'deployment', version, command, args, inputs, hyperparameters, key };
}

function addressOf(input: GivenInput): PipelineValue {
  switch (input.kind) {
    case 'value':
      return input.value;
    case 'artifact':
      return input.ref.uri;
    case 'items':
      return [...input.refs.values()].map(({ uri }) => uri).join(' ');
    case 'path':
      return 'host' in input.source ? input.path : input.source.ref.uri;
  }
}

/** What conditions ask of the stage, and the rules that it breaks. */
function reportOf(
  known: KnownRun,
  { name }: PlannedStage,
  { source, metrics, outputs, broken }: StageOutcome,
): StageReport {
  return { source, broken, ...askedFrom(known, name, { metrics, outputs }) };
}

/** Of a stage's metrics and outputs those that conditions ask for. */
export function askedFrom(
  { asked }: Pick<KnownRun, 'asked'>,
  stage: string,
  { metrics, outputs }: Pick<StageOutcome, 'metrics' | 'outputs'>,
): Pick<StageReport, 'metrics' | 'outputs'> {
  const of = asked.get(stage);
  return {
    metrics: Object.fromEntries(Object.entries(metrics).filter(([name]) => of?.metrics.has(name))),
    outputs: Object.fromEntries(
      Object.entries(outputs).flatMap(([name, { uri }]) => (of?.outputs.has(name) ? [[name, uri]] : [])),
    ),
  };
}
