import { Context } from '@temporalio/activity';
import { handlerUnit } from '../src/contracts';
import type { PipelineActivities, PipelineHandler, PlannedStage } from '../src/contracts';
import { attempt } from './pipeline-attempt';
import { unmapped } from './pipeline-check';
import { giveTo, readUpstream } from './pipeline-given';
import type { Given } from './pipeline-given';
import { missing, stageOf } from './pipeline-known';
import type { KnownRun } from './pipeline-known';
import { refused } from './pipeline-spec';
import type { StageDeps } from './pipeline-stage';

type HandlerInput = Parameters<PipelineActivities['runHandler']>[0];

/** A handler reads and tells; what it needs beside that is the pipeline's to say one day. */
const RESOURCES = { cpu: 1_000, memory: 2 ** 30, gpu: 0 };

/** Runs what undoes a stage, or what is run when a run has failed, unless that has been done. */
export async function runHandler(deps: StageDeps, { run, stage, outcome }: HandlerInput): Promise<void> {
  const { stores, images } = deps;
  const known = await deps.known.run(run);
  const planned = stage === null ? null : stageOf(known, stage);
  const handler = planned === null ? known.pipeline.onFailure : planned.compensate;
  if (handler == null) throw missing(stage === null ? `onFailure of ${run}` : `compensate of stage ${stage}`);
  const executor = images.executorOf(handler.image);
  const what = stage === null ? 'onFailure' : `${stage}.compensate`;
  if (executor === null)
    throw refused(`pipeline ${known.run.pipeline} on this worker`, [unmapped(images, `${what}.image`, handler.image)]);
  const given = planned === null ? { inputs: [], hyperparameters: {} } : await valuesOf(deps, known, planned);
  const unit = handlerUnit(run, stage);
  const intended = {
    ...pick(handler),
    ...{ executor: executor.kind, version: await executor.version(handler.image), key: '' },
    inputs: Object.fromEntries(
      given.inputs.flatMap((input) => (input.kind === 'value' ? [[input.name, input.value]] : [])),
    ),
    hyperparameters: given.hyperparameters,
  };
  const { attempt: number } = Context.current().info;
  if ((await stores.pipelineStages.begin(unit, number, intended)) !== null) return;
  const secrets = planned?.secrets ?? [];
  const { pipeline, day: date, params: parameters } = known.run;
  const kind = stage === null ? ('failure' as const) : ('compensate' as const);
  const told = {
    ...{ pipeline, run, stage: stage ?? 'onFailure', attempt: number, date, parameters },
    ...{ hyperparameters: given.hyperparameters, handles: { kind, outcome } },
  };
  const plan = { ...pick(handler), executor, secrets, told, inputs: given.inputs, outputs: [], resources: RESOURCES };
  const ended = await attempt({ stores, images }, plan);
  if ('failure' in ended) {
    await stores.pipelineStages.fail(unit, ended.failure.message, ended.log);
    throw ended.failure;
  }
  await stores.pipelineStages.succeed(unit, { ...ended, broken: [], source: 'run' });
}

function pick({ image, command, args }: PipelineHandler): Pick<PipelineHandler, 'image' | 'command' | 'args'> {
  return { image, command, args };
}

/** What undoes a stage is told its values, for they say what was done; of a fan-out those that do not name the item. */
async function valuesOf(
  { stores, images }: StageDeps,
  known: KnownRun,
  stage: PlannedStage,
): Promise<Pick<Given, 'inputs' | 'hyperparameters'>> {
  const upstream = await readUpstream(stores, known, stage);
  const ofOne = { ...stage, forEach: undefined, inputs: [], hyperparameters: {} };
  // A value that nobody knows, for a metric was not reported, stopped the stage; it does not stop what undoes it.
  const tell = (part: Partial<Pick<PlannedStage, 'inputs' | 'hyperparameters'>>): Partial<Given> => {
    try {
      return giveTo(known, { ...ofOne, ...part }, 0, upstream, images);
    } catch {
      return {};
    }
  };
  const values = stage.inputs.filter(({ kind }) => kind === 'value');
  return {
    inputs: values.flatMap((input) => tell({ inputs: [input] }).inputs ?? []),
    hyperparameters: Object.assign(
      {},
      ...Object.entries(stage.hyperparameters).map(
        ([name, value]) => tell({ hyperparameters: { [name]: value } }).hyperparameters ?? {},
      ),
    ) as Given['hyperparameters'],
  };
}
