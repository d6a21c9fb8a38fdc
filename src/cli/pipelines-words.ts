import type { CompiledPipeline, Instant, PipelineResources, PipelineValue } from '../contracts';
import { wallClock } from '../domain/calendar';
import type { ForeseenRun, ForeseenStage } from '../domain/pipeline-plan';
import type { ReadPipeline } from './pipelines-file';
import { printFacts, printTable } from './table';

/** What `pipeline plan` tells. */
export interface PipelinePlan extends ForeseenRun {
  readonly name: string;
  readonly digest: string;
  readonly schedule: string | null;
  readonly timezone: string;
  readonly parallelism: number;
  readonly parameters: Readonly<Record<string, PipelineValue>>;
  /** What `.Date` is. */
  readonly day: string;
  /** The next times at which the schedule fires, none without one. */
  readonly fires: readonly Instant[];
}

/** That a pipeline is one, and how large. */
export function describeValid({ pipeline, digest }: ReadPipeline): string {
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
  const { stages, peak, parameters, fires, timezone } = plan;
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
  const rows = stages.map(({ level, name, runs, times, needs, image, resources }) => ({
    level,
    stage: name,
    runs: times === 1 ? runs : `${runs}, ${times} times`,
    needs: needs.length === 0 ? null : needs.join(', '),
    image,
    resources: resourcesOf(resources),
  }));
  return `${facts}\n${printTable(rows, stages.map(notesOf))}`;
}

function notesOf({ reason, values }: ForeseenStage): string[] {
  const known = Object.entries(values).map(([name, value]) => `${name} = ${value}`);
  return reason === null ? known : [reason, ...known];
}

function levelsOf({ stages }: CompiledPipeline): number {
  return Math.max(...stages.map(({ level }) => level)) + 1;
}

function scheduleOf({ schedule, timezone }: Pick<CompiledPipeline, 'schedule' | 'timezone'>): string | null {
  return schedule === null ? null : `${schedule}, ${timezone}`;
}

/** The wall clock's time, its zone, and the instant where they differ. */
function fireOf(fire: Instant, zone: string): string {
  const wall = new Date(wallClock(Date.parse(fire), zone)).toISOString().slice(0, 16).replace('T', ' ');
  return zone === 'UTC' ? `${wall} UTC` : `${wall} ${zone}, ${fire.slice(0, 16).replace('T', ' ')} UTC`;
}

function resourcesOf({ cpu, memory, gpu }: PipelineResources): string {
  const cores = `cpu ${cpu / 1_000}, memory ${Math.round((memory / 2 ** 30) * 100) / 100} Gi`;
  return gpu === 0 ? cores : `${cores}, gpu ${gpu}`;
}
