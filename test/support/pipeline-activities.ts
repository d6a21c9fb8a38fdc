import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createPipelineActivities } from '../../activities/pipeline';
import { createImages } from '../../src/adapters/executor';
import type {
  OpenedRun,
  PipelineActivities,
  PipelineSettings,
  RunPipelineInput,
  StageFunction,
} from '../../src/contracts';
import type { PipelineSpecInput } from '../../src/schemas';
import { openTestStores } from './environment';
import type { TestStores } from './environment';

type Stage = PipelineSpecInput['spec']['stages'][number];

/** Activities of a worker on a database of their own, called as a worker calls them. */
export interface TestActivities extends TestStores {
  /** The same database, seen by a worker with other settings. */
  worker(settings: PipelineSettings): PipelineActivities;
  /** Opens a run of stages. */
  open(
    on: PipelineActivities,
    stages: readonly Stage[],
    rest?: Partial<PipelineSpecInput['spec']> & { readonly name?: string },
    input?: RunPipelineInput,
  ): Promise<OpenedRun>;
}

/** 25 November in Berlin, still the 24th in UTC. */
export const AT = '2026-11-24T23:30:00.000Z';

let runs = 0;

/** A workflow's id nobody else uses. */
export function freshId(): string {
  return `pipeline:p:${(runs += 1)}`;
}

/** Opens a database and what calls activities on it. */
export async function openTestActivities(): Promise<TestActivities> {
  const opened = await openTestStores();
  return {
    ...opened,
    worker: (settings) => asCalled(createPipelineActivities({ stores: opened.stores, images: createImages(settings) })),
    open: (on, stages, { name = 'p', ...spec } = {}, input = {}) =>
      on.openPipelineRun({
        workflowId: freshId(),
        input: { spec: specOf(stages, spec, name), ...input },
        at: AT,
      }),
  };
}

/** A declaration of stages. */
export function specOf(stages: readonly Stage[], spec: Partial<PipelineSpecInput['spec']> = {}, name = 'p'): unknown {
  return { apiVersion: 'ml/v1', kind: 'MLPipeline', metadata: { name }, spec: { ...spec, stages } };
}

/** An activity's context; failures that a test provokes are not logged. */
export function mockEnvironment(info: { readonly attempt?: number } = {}): MockActivityEnvironment {
  return new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR') });
}

/** An activity that is run within an activity's context. */
export function inContext<T>(work: () => Promise<T>, env = mockEnvironment()): Promise<T> {
  return env.run<[], T, () => Promise<T>>(work);
}

function asCalled(activities: PipelineActivities): PipelineActivities {
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      (input: never) => inContext(() => (activity as (given: never) => Promise<unknown>)(input)),
    ]),
  ) as unknown as PipelineActivities;
}

/** A mapping of images to functions. */
export function functions(of: Readonly<Record<string, StageFunction>>, version = '1'): PipelineSettings {
  return {
    executors: Object.fromEntries(
      Object.entries(of).map(([image, run]) => [image, { kind: 'function', version, run } as const]),
    ),
  };
}
