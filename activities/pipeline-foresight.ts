import type { ArtifactRef, Instant, PlannedStage, RunPipelineInput, WorkerPlan } from '../src/contracts';
import { brokenRules, gateOf } from '../src/domain/pipeline-gate';
import { sourcesOf, unitsOf } from '../src/domain/pipeline-run-plan';
import type { StageFacts } from '../src/domain/template';
import { durationMs } from '../src/domain/time';
import type { CachedOutcome } from '../src/stores';
import { checkWorker } from './pipeline-check';
import { giveTo } from './pipeline-given';
import type { Upstream } from './pipeline-given';
import { cacheKey } from './pipeline-key';
import { parseInput, resolveRun } from './pipeline-resolve';
import type { ResolvedRun } from './pipeline-resolve';
import type { StageDeps } from './pipeline-stage';

/** What this worker would do: what carries out each stage, and whose result is there already. Nothing is kept. */
export async function planPipelineRun(
  deps: StageDeps,
  { input, at }: { readonly input: RunPipelineInput; readonly at: Instant },
): Promise<WorkerPlan> {
  const run = await resolveRun(deps, parseInput(input), at);
  const { pipeline } = run.known;
  await checkWorker(deps.images, pipeline, run.files);
  const executors = pipeline.stages.map(({ name, image }) => [
    name,
    deps.images.executorOf(image)?.kind ?? 'deployment',
  ]);
  return { executors: Object.fromEntries(executors) as WorkerPlan['executors'], cached: await cachedStages(deps, run) };
}

/** Walks the stages in order: what a stage is given is known while all that it takes is cached itself. */
async function cachedStages(deps: StageDeps, run: ResolvedRun): Promise<string[]> {
  const { pipeline } = run.known;
  const allowed = new Set(pipeline.stages.filter(({ allowFailure }) => allowFailure).map(({ name }) => name));
  const facts: Record<string, StageFacts> = {};
  const left = new Map<string, readonly CachedOutcome[]>();
  for (const stage of pipeline.stages) {
    if (!stage.needs.every((need) => Object.hasOwn(facts, need))) continue;
    const gate = gateOf(stage, allowed, { day: run.day, params: run.params, stages: facts });
    if (gate.gate !== 'run') {
      facts[stage.name] = { outcome: gate.gate === 'skip' ? 'skipped' : 'failed', outputs: {}, metrics: {} };
      continue;
    }
    const outcomes = await peek(deps, run, stage, { facts, refs: (name, output) => refsOf(left.get(name), output) });
    if (outcomes === null) continue;
    left.set(stage.name, outcomes);
    facts[stage.name] = factsOf(stage, outcomes);
  }
  return [...left.keys()];
}

/** The results of a stage that are in the cache, one for each unit; null where one is not, or cannot be known. */
async function peek(
  { stores, images }: StageDeps,
  run: ResolvedRun,
  stage: PlannedStage,
  upstream: Upstream,
): Promise<CachedOutcome[] | null> {
  const executor = images.executorOf(stage.image);
  if (stage.cache === undefined || executor === null) return null;
  if (![...sourcesOf(stage)].every((source) => Object.hasOwn(upstream.facts, source))) return null;
  const outcomes: CachedOutcome[] = [];
  try {
    const version = await executor.version(stage.image);
    for (let unit = 0; unit < unitsOf(stage); unit += 1) {
      const given = giveTo({ run, pipeline: run.known.pipeline }, stage, unit, upstream, images);
      const key = await cacheKey(stores, executor, version, stage, given);
      const found = await stores.stageCache.peek(key, durationMs(stage.cache.maxAge));
      if (found === null) return null;
      outcomes.push(found);
    }
    return outcomes;
  } catch {
    // An image that is not here yet, a file that is gone: the run will say it, a plan says that nothing is cached.
    return null;
  }
}

function factsOf({ validationRules, forEach }: PlannedStage, outcomes: readonly CachedOutcome[]): StageFacts {
  const broken = outcomes.some(({ metrics }) => brokenRules(validationRules, metrics).length > 0);
  const only = forEach === undefined ? outcomes[0]! : null;
  const outputs = Object.entries(only?.outputs ?? {}).map(([name, { uri }]) => [name, uri] as const);
  return {
    outcome: broken ? 'failed' : 'succeeded',
    outputs: Object.fromEntries(outputs),
    metrics: only?.metrics ?? {},
  };
}

function refsOf(outcomes: readonly CachedOutcome[] | undefined, output: string): ReadonlyMap<number, ArtifactRef> {
  return new Map(
    (outcomes ?? []).flatMap(({ outputs }, unit) =>
      Object.hasOwn(outputs, output) ? [[unit, outputs[output]!] as const] : [],
    ),
  );
}
