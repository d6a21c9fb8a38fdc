import type { CompiledPipeline, ForeseenRun, Instant, PipelineValue, WorkerPlan } from '../contracts';
import { dayIn } from '../domain/calendar';
import { nextFires, parseCron } from '../domain/cron';
import { foresee } from '../domain/pipeline-plan';

/** So many times of a schedule are told. */
const FIRES = 5;

/** What a run would be, as far as its declaration says. */
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
  /** What only a worker knows; null where none was asked. */
  readonly worker: WorkerPlan | null;
}

/** The plan of a run at a time with its parameters, without asking a worker. */
export function planOf(
  { pipeline, digest }: { readonly pipeline: CompiledPipeline; readonly digest: string },
  at: Instant,
  parameters: Readonly<Record<string, PipelineValue>>,
): PipelinePlan {
  const { name, schedule, timezone, parallelism } = pipeline;
  const day = dayIn(at, timezone);
  const fires = schedule === null ? [] : nextFires(parseCron(schedule), timezone, at, FIRES);
  const run = foresee(pipeline, { day, params: parameters });
  return { name, digest, schedule, timezone, parallelism, parameters, day, fires, ...run, worker: null };
}
