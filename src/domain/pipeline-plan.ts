import type {
  CompiledPipeline,
  ForeseenRun,
  ForeseenStage,
  PipelineResources,
  PipelineValue,
  PlannedInput,
  PlannedStage,
} from '../contracts';
import { statesIn } from './pipeline-gate';
import { evaluate, valueOf } from './template';
import type { StageFacts, TemplateFacts } from './template';

/** What will run for a day and parameters, and what is certain not to. */
export function foresee(pipeline: CompiledPipeline, given: Pick<TemplateFacts, 'day' | 'params'>): ForeseenRun {
  const skipped: Record<string, StageFacts> = {};
  const stages = pipeline.stages.map((stage): ForeseenStage => {
    const facts = { ...given, stages: skipped };
    const seen = standing(stage, facts);
    if (seen.runs === 'no') skipped[stage.name] = { outcome: 'skipped', outputs: {}, metrics: {} };
    const { name, level, image, needs, resources, forEach } = stage;
    const values = seen.runs === 'no' ? {} : knownValues(stage.inputs, facts);
    return { name, level, image, needs, ...seen, times: forEach?.items.length ?? 1, resources, values };
  });
  return { stages, peak: peakOf(stages, pipeline.parallelism) };
}

function standing(stage: PlannedStage, facts: TemplateFacts): Pick<ForeseenStage, 'runs' | 'reason'> {
  const { condition, needs } = stage;
  const asked = condition === null ? new Set<string>() : statesIn(condition);
  const missing = needs.find((need) => Object.hasOwn(facts.stages, need) && !asked.has(need));
  if (missing !== undefined) return { runs: 'no', reason: `${missing} is skipped` };
  if (condition === null) return { runs: 'yes', reason: null };
  const found = evaluate(condition, facts);
  if ('unknown' in found) return { runs: 'if', reason: `the condition asks for ${found.unknown}` };
  return found.value === true ? { runs: 'yes', reason: null } : { runs: 'no', reason: 'the condition is false' };
}

function knownValues(inputs: readonly PlannedInput[], facts: TemplateFacts): Record<string, PipelineValue> {
  return Object.fromEntries(
    inputs.flatMap((input) => {
      if (input.kind !== 'value') return [];
      const found = valueOf(input.value, facts);
      return 'value' in found ? [[input.name, found.value]] : [];
    }),
  );
}

/** Of every level the most demanding that fit in the cap, and of those the most. */
function peakOf(stages: readonly ForeseenStage[], parallelism: number): PipelineResources {
  const levels = new Map<number, PipelineResources[]>();
  for (const { level, runs, times, resources } of stages) {
    if (runs === 'no') continue;
    const known = levels.get(level) ?? [];
    levels.set(level, [...known, ...Array.from({ length: times }, () => resources)]);
  }
  const most = (kind: keyof PipelineResources): number => {
    const sums = [...levels.values()].map((level) =>
      level
        .map((one) => one[kind])
        .sort((a, b) => b - a)
        .slice(0, parallelism)
        .reduce((sum, one) => sum + one, 0),
    );
    return Math.max(0, ...sums);
  };
  return { cpu: most('cpu'), memory: most('memory'), gpu: most('gpu') };
}
