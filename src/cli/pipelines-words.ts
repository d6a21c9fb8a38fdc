import type { AppliedPipeline, PipelinePlan } from '../client';
import type { CompiledPipeline, ForeseenStage, Instant, PipelineResources } from '../contracts';
import { wallClock } from '../domain/calendar';
import type { PipelineDiff } from '../domain/pipeline-diff';
import type { PipelineDocument } from '../stores';
import type { ReadPipeline } from './pipelines-file';
import { printFacts, printTable, when } from './table';

/** That a pipeline is one, and how large. */
export function describeValid({ pipeline, digest }: Pick<ReadPipeline, 'pipeline' | 'digest'>): string {
  const { name, stages, edges } = pipeline;
  return printFacts([
    ['valid', name],
    ['stages', stages.length],
    ['levels', levelsOf(pipeline)],
    ['edges', edges.length],
    ['schedule', scheduleOf(pipeline)],
    ['digest', digest],
  ]);
}

/** A plan as a person reads it. */
export function describePlan(plan: PipelinePlan): string {
  const { stages, peak, parameters, fires, timezone, worker } = plan;
  const given = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  const facts = printFacts([
    ['pipeline', plan.name],
    ['digest', plan.digest],
    ['schedule', scheduleOf(plan)],
    ...fires.map((fire, k) => [k === 0 ? 'next' : '', fireOf(fire, timezone)] as const),
    ['day', `${plan.day} in ${timezone}`],
    ['parameters', given.length === 0 ? null : given.join(', ')],
    ['at once', `${plan.parallelism} stages at most`],
    ['peak', `${resourcesOf(peak)}, the most of one level`],
  ]);
  const rows = stages.map(({ level, name, runs, times, resources }) => ({
    level,
    stage: name,
    runs: times === 1 ? runs : `${runs}, ${times} times`,
    ...(worker === null
      ? {}
      : { by: worker.executors[name] ?? null, cached: worker.cached.includes(name) ? 'yes' : null }),
    resources: resourcesOf(resources),
  }));
  return `${facts}\n${printTable(rows, stages.map(notesOf))}`;
}

const STEPS: Readonly<Record<AppliedPipeline['schedule'], string>> = {
  none: 'none',
  created: 'created: overlap skip, catch-up 1h, no jitter',
  updated: 'updated: its policies and a pause stay',
  unchanged: 'as it was',
  deleted: 'deleted',
};

/** What `apply` did. */
export function describeApplied({ name, digest, version, changed, schedule }: AppliedPipeline): string {
  return printFacts([
    ['applied', changed ? `${name}, version ${version}` : `${name}, version ${version}: the same as before`],
    ['digest', digest],
    ['schedule', STEPS[schedule]],
  ]);
}

/** What every name stands for. */
export function pipelinesTable(documents: readonly PipelineDocument[]): string {
  return printTable(
    documents.map(({ name, version, spec, who, appliedAt }) => ({
      pipeline: name,
      version,
      stages: spec.spec.stages.length,
      schedule: scheduleOf({ schedule: spec.spec.schedule ?? null, timezone: spec.spec.timezone }),
      applied: when(appliedAt?.toISOString()),
      by: who,
    })),
  );
}

/** What differs between what is applied and a file. */
export function describeDiff({ stages, fields }: PipelineDiff): string {
  const lines = [
    ...stages.added.map((name) => `+ stage ${name}`),
    ...stages.removed.map((name) => `- stage ${name}`),
    ...fields.map(({ path, before, after }) => `~ ${path}: ${jsonOf(before)} -> ${jsonOf(after)}`),
  ];
  return lines.length === 0 ? 'nothing differs\n' : lines.map((line) => `${line}\n`).join('');
}

/** As JSON; no control character of a file reaches the terminal. */
function jsonOf(value: unknown): string {
  return value === null ? 'none' : JSON.stringify(value).replace(/[\u007f-\u009f]/g, ' ');
}

/** What is long stands below a stage, so that the table fits a terminal. */
function notesOf({ image, needs, reason, values }: ForeseenStage): string[] {
  return [
    `image ${image}${needs.length === 0 ? '' : `, after ${needs.join(', ')}`}`,
    ...(reason === null ? [] : [reason]),
    ...Object.entries(values).map(([name, value]) => `${name} = ${value}`),
  ];
}

function levelsOf({ stages }: CompiledPipeline): number {
  return Math.max(...stages.map(({ level }) => level)) + 1;
}

function scheduleOf({ schedule, timezone }: Pick<CompiledPipeline, 'schedule' | 'timezone'>): string | null {
  return schedule === null ? null : `${schedule}, ${timezone}`;
}

/** The wall clock's time, its zone, and the instant where they differ. */
export function fireOf(fire: Instant, zone: string): string {
  const wall = new Date(wallClock(Date.parse(fire), zone)).toISOString().slice(0, 16).replace('T', ' ');
  return zone === 'UTC' ? `${wall} UTC` : `${wall} ${zone}, ${fire.slice(0, 16).replace('T', ' ')} UTC`;
}

function resourcesOf({ cpu, memory, gpu }: PipelineResources): string {
  const cores = `cpu ${cpu / 1_000}, memory ${Math.round((memory / 2 ** 30) * 100) / 100} Gi`;
  return gpu === 0 ? cores : `${cores}, gpu ${gpu}`;
}
