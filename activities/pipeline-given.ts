import type { Images } from '../src/adapters/executor';
import type { ArtifactRef, PipelineValue, PlannedStage, PlannedValue } from '../src/contracts';
import { upstreamFacts } from '../src/domain/pipeline-records';
import { sourcesOf, unitsOf } from '../src/domain/pipeline-run-plan';
import { valueOf } from '../src/domain/template';
import type { StageFacts, TemplateFacts } from '../src/domain/template';
import type { PipelineStageDocument, Stores } from '../src/stores';
import { problem } from '../src/schemas/parse';
import { sourceOf } from './pipeline-check';
import type { PathSource } from './pipeline-check';
import type { KnownRun } from './pipeline-known';
import { refused } from './pipeline-spec';

/** What a stage is given, found but not yet put anywhere. */
export type GivenInput = { readonly name: string } & (
  | { readonly kind: 'value'; readonly value: PipelineValue }
  | { readonly kind: 'artifact'; readonly ref: ArtifactRef }
  /** Of a fan-out: one for each item that left it, by the item's place. */
  | { readonly kind: 'items'; readonly refs: ReadonlyMap<number, ArtifactRef> }
  | { readonly kind: 'path'; readonly path: string; readonly source: PathSource }
);

/** All that one unit of a stage is given. */
export interface Given {
  readonly inputs: readonly GivenInput[];
  readonly hyperparameters: Readonly<Record<string, PipelineValue | readonly PipelineValue[]>>;
  readonly item: { readonly index: number; readonly value: PipelineValue } | null;
}

/** What is known of the stages that one takes something of. */
export interface Upstream {
  readonly facts: Readonly<Record<string, StageFacts>>;
  /** An output's references by the unit that left them. */
  refs(stage: string, output: string): ReadonlyMap<number, ArtifactRef>;
}

/** Reads what is recorded of the stages that a stage takes something of: nothing where it takes nothing. */
export async function readUpstream(stores: Stores, known: KnownRun, stage: PlannedStage): Promise<Upstream> {
  const sources = [...sourcesOf(stage)];
  const { _id: id, day, params } = known.run;
  let records = (await Promise.all(sources.map((source) => stores.pipelineStages.of(id, source)))).flat();
  // One that never began is judged by its gate, which may ask for any other.
  if (sources.some((source) => !records.some((record) => record.stage === source)))
    records = await stores.pipelineStages.of(id);
  const facts = sources.length === 0 ? {} : upstreamFacts(known.pipeline, { day, params }, records);
  return { facts, refs: (source, output) => refsOf(records, source, output) };
}

/**
 * Finds what one unit of a stage is given.
 * @throws ApplicationFailure not to be tried again, for a template or an input whose source left nothing
 */
export function giveTo(
  { run, pipeline }: Pick<KnownRun, 'pipeline'> & { readonly run: Pick<KnownRun['run'], 'day' | 'params' | 'files'> },
  stage: PlannedStage,
  unit: number,
  upstream: Upstream,
  images: Images,
): Given {
  const count = unitsOf(stage);
  if (!Number.isInteger(unit) || unit < 0 || unit >= count)
    throw refused(`stage ${stage.name}`, [problem('unit', unit, `expected 0 to ${count - 1}`)]);
  const value = stage.forEach?.items[unit];
  const item = value === undefined ? null : { index: unit, value };
  const facts: TemplateFacts = { day: run.day, params: run.params, stages: upstream.facts, item: item?.value };
  const render = (planned: PlannedValue, path: string): PipelineValue => {
    const found = valueOf(planned, facts);
    if ('value' in found) return found.value;
    throw refused(`stage ${stage.name}`, [problem(path, found.unknown, 'expected a value that is known by now')]);
  };
  const inputs = stage.inputs.map((input): GivenInput => {
    const { name } = input;
    if (input.kind === 'value') return { name, kind: 'value', value: render(input.value, `inputs.${name}`) };
    if (input.kind === 'path') {
      const source = sourceOf(images, run.files, input.path);
      if (typeof source !== 'string') return { name, kind: 'path', path: input.path, source };
      throw refused(`stage ${stage.name}`, [problem(`inputs.${name}.path`, input.path, source)]);
    }
    const refs = upstream.refs(input.stage, input.output);
    if (refs.size === 0) {
      const from = `${input.stage}.${input.output}`;
      const expected = `expected what ${input.stage} left, it ${wordOf(upstream.facts[input.stage])}`;
      throw refused(`stage ${stage.name}`, [problem(`inputs.${name}.from`, from, expected)]);
    }
    const fanned = pipeline.stages.find((one) => one.name === input.stage)?.forEach !== undefined;
    return fanned ? { name, kind: 'items', refs } : { name, kind: 'artifact', ref: refs.get(0)! };
  });
  const hyperparameters = Object.fromEntries(
    Object.entries(stage.hyperparameters).map(([name, planned]) => {
      const one = (each: PlannedValue, place = '') => render(each, `hyperparameters.${name}${place}`);
      return [
        name,
        Array.isArray(planned)
          ? planned.map((each, k) => one(each as PlannedValue, `.${k}`))
          : one(planned as PlannedValue),
      ];
    }),
  );
  return { inputs, hyperparameters, item };
}

function refsOf(records: readonly PipelineStageDocument[], stage: string, output: string): Map<number, ArtifactRef> {
  return new Map(
    records.flatMap((record) => {
      const outputs = record.stage === stage && record.unit >= 0 ? (record.outcome?.outputs ?? {}) : {};
      return Object.hasOwn(outputs, output) ? [[record.unit, outputs[output]!] as const] : [];
    }),
  );
}

function wordOf(facts: StageFacts | undefined): string {
  return facts === undefined ? 'has not ended' : facts.outcome === 'skipped' ? 'was skipped' : facts.outcome;
}
