import { randomUUID } from 'node:crypto';
import { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowHandle } from '@temporalio/client';
import { pipelineStatusQuery, rolloutEndedSignal, RUN_LIMITS, workflowIds } from '../../src/contracts';
import type { PipelineResult, PipelineStatus, RunPipelineInput } from '../../src/contracts';
import type { PipelineSpecInput } from '../../src/schemas';
import type { TestLoop } from './environment';
import { PUPPET } from './puppet';

type StageInput = PipelineSpecInput['spec']['stages'][number];

/** A stage that a puppet carries out, tried once unless it is said. */
export function puppet(name: string, args: string, rest: Partial<StageInput> = {}): StageInput {
  const words = args === '' ? [] : args.split(' ');
  return { name, image: PUPPET, args: words, retry: { attempts: 1, interval: '100ms' }, ...rest };
}

/** A declaration of stages, under a name that nobody else uses. */
export function declared(stages: readonly StageInput[], rest: Partial<PipelineSpecInput['spec']> = {}) {
  const name = `p${randomUUID().slice(0, 8)}`;
  return {
    apiVersion: 'ml/v1',
    kind: 'MLPipeline',
    metadata: { name },
    spec: { ...rest, stages: [...stages] },
  } as const;
}

/** Starts a run of a declaration. */
export function startRun(
  { temporal, taskQueue }: TestLoop,
  spec: ReturnType<typeof declared>,
  input: RunPipelineInput = {},
  run = 'r1',
): Promise<WorkflowHandle> {
  return temporal.workflow.start('loopwright.runPipeline', {
    workflowId: workflowIds.pipeline(spec.metadata.name, run),
    taskQueue,
    args: [{ spec, ...input }],
  });
}

/** How a run ended; one that failed is told by its message. */
export async function resultOf(handle: WorkflowHandle): Promise<PipelineResult | string> {
  try {
    return (await handle.result()) as PipelineResult;
  } catch (error) {
    if (error instanceof WorkflowFailedError) return error.cause!.message;
    throw error;
  }
}

/** How the stages of a run stand: `{ train: 'running' }`. */
export async function standings(handle: WorkflowHandle): Promise<Record<string, string>> {
  const { stages }: PipelineStatus = await handle.query(pipelineStatusQuery);
  return Object.fromEntries(stages.map(({ name, standing }) => [name, standing]));
}

/** Sends so many signals that a run begins no stage any more and goes on in a new history. */
export async function fillHistory(handle: WorkflowHandle): Promise<void> {
  const end = {
    id: 'of another',
    version: 1,
    outcome: 'aborted',
    at: '2026-03-01T00:00:00.000Z',
    reasons: [],
  } as const;
  for (let left = RUN_LIMITS.signals; left > 0; left -= 50)
    await Promise.all(Array.from({ length: 50 }, () => handle.signal(rolloutEndedSignal, end)));
}
