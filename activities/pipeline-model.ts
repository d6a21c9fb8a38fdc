import { pipelineOwner } from '../src/contracts';
import type { ArtifactRef, PlannedStage } from '../src/contracts';
import { deployedModel } from '../src/domain/pipeline-run-plan';
import { trainerOf } from '../src/models';
import type { PipelineStageDocument } from '../src/stores';
import { problem } from '../src/schemas/parse';
import { missing, stageOf } from './pipeline-known';
import type { KnownRun } from './pipeline-known';
import { readModel } from './pipeline-model-bytes';
import { refused } from './pipeline-spec';
import type { StageDeps } from './pipeline-stage';

/** A deployment stage of a run. */
interface Deploying {
  readonly run: string;
  readonly stage: string;
}

/** Registers the input `model` of a deployment stage; the same stage of the same run is registered once. */
export async function registerStageModel(
  deps: StageDeps,
  { run, stage: name }: Deploying,
): Promise<{ version: number }> {
  const { stores } = deps;
  const known = await deps.known.run(run);
  const stage = stageOf(known, name);
  const { model, key } = identity(known, stage);
  const registered = await stores.registry.findByKey(model, key);
  if (registered !== null) return { version: registered.version };
  const source = stage.inputs.find((input) => input.name === 'model');
  if (source?.kind !== 'output') throw missing(`input model of stage ${name}`);
  const records = await stores.pipelineStages.of(run, source.stage);
  const { ref, record } = onlyRef(name, source, records);
  const { bytes, format, signature } = await readModel(stores, deps.images.folder, name, { ...source, ref });
  const artifact = await stores.artifacts.put(bytes, pipelineOwner(run));
  const { version } = await stores.registry.register({
    ...{ model, key, artifact, trainer: trainerOf(format)!, dataset: null, trainedOn: null, metrics: {} },
    ...{ state: 'registered', format, signature },
    code: `pipeline ${known.run.pipeline} ${known.run.digest}`,
    hyperparameters: plainOf(record.intended?.hyperparameters ?? {}),
    estimates: Object.fromEntries(
      Object.entries(record.outcome?.metrics ?? {}).map(([metric, value]) => [
        metric,
        { value, low: null, high: null },
      ]),
    ),
    lineage: { parent: null, retraining: null },
  });
  return { version };
}

/** What a deployment stage has registered, or null. */
export async function findStageModel(deps: StageDeps, { run, stage }: Deploying): Promise<{ version: number } | null> {
  const known = await deps.known.run(run);
  const { model, key } = identity(known, stageOf(known, stage));
  const found = await deps.stores.registry.findByKey(model, key);
  return found === null ? null : { version: found.version };
}

/** Archives what a deployment stage has registered, if anything. */
export async function archiveStageModel(
  deps: StageDeps,
  { reason, ...which }: Deploying & { reason: string },
): Promise<void> {
  const found = await findStageModel(deps, which);
  if (found === null) return;
  const known = await deps.known.run(which.run);
  const { model } = identity(known, stageOf(known, which.stage));
  await deps.stores.registry.setState(model, found.version, 'archived', reason);
}

function identity({ run }: KnownRun, stage: PlannedStage): { readonly model: string; readonly key: string } {
  return { model: deployedModel(run.pipeline, stage), key: `${run._id}/${stage.name}` };
}

interface Source {
  readonly stage: string;
  readonly output: string;
}

function onlyRef(
  name: string,
  { stage, output }: Source,
  records: readonly PipelineStageDocument[],
): { readonly ref: ArtifactRef; readonly record: PipelineStageDocument } {
  const left = records.flatMap((record) => {
    const ref = record.unit >= 0 ? record.outcome?.outputs[output] : undefined;
    return ref === undefined ? [] : [{ ref, record }];
  });
  if (left.length === 1) return left[0]!;
  const expected = left.length === 0 ? `expected what ${stage} left` : 'expected one model, not one for each item';
  throw refused(`stage ${name}`, [problem('inputs.model.from', `${stage}.${output}`, expected)]);
}

/** A version keeps single values. */
function plainOf(given: Readonly<Record<string, unknown>>): Record<string, string | number | boolean> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => !Array.isArray(value))) as Record<
    string,
    string | number | boolean
  >;
}
