import { setTimeout as delay } from 'node:timers/promises';
import { QueryNotRegisteredError, ServiceError } from '@temporalio/client';
import type { Client, UpdateDefinition, WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, TypedSearchAttributes } from '@temporalio/common';
import type { QueryDefinition } from '@temporalio/common';
import {
  registrationCommand,
  SEARCH_ATTRIBUTE_NAMES,
  searchAttributes,
  UNDECIDED_UPDATES,
  WORKFLOW_DETAILS,
} from '../contracts';
import type { LoopwrightWorkflowName, LoopwrightWorkflows, ModelTarget } from '../contracts';

/** gRPC codes: a server without the feature, a workflow that is not ready. */
const GRPC = { failedPrecondition: 9, unimplemented: 12 } as const;
/** The detail by which the server says so. */
const NOT_READY = 'WorkflowNotReadyFailure';
const WORKFLOW_QUEUE = 1;
const ACTIVITY_QUEUE = 2;
const CUT_OFF_RETRIES = 10;
const CUT_OFF_RETRY_MS = 50;
const QUERY_RETRIES = 50;
const QUERY_RETRY_MS = 100;

/** Nobody polls the queue that work would be started on. */
export class NoWorkerError extends Error {
  override readonly name = 'NoWorkerError';
}

/** How the client starts a workflow. */
export interface StartRequest<N extends LoopwrightWorkflowName> {
  readonly type: N;
  readonly workflowId: string;
  readonly target: ModelTarget;
  readonly input: Parameters<LoopwrightWorkflows[N]>[0];
  readonly summary: string;
  readonly experiment?: string | undefined;
  /** Whether a running workflow of this id is taken as it is. Default true. */
  readonly useExisting?: boolean | undefined;
}

/** Starts workflows where a worker polls, with search attributes where they are registered. */
export class Starter {
  readonly client: Client;
  readonly taskQueue: string;
  /** Told in a line of what works less well than it could. */
  readonly warn: (line: string) => void;
  private registered: Promise<boolean> | null = null;
  private polled = false;

  constructor(client: Client, taskQueue: string, warn: (line: string) => void) {
    this.client = client;
    this.taskQueue = taskQueue;
    this.warn = warn;
  }

  /** Starts a workflow, or takes the running one of the same id. */
  async start<N extends LoopwrightWorkflowName>(request: StartRequest<N>): Promise<WorkflowHandle> {
    await this.requireWorker();
    const attributes = await this.attributesFor(request.target, request.experiment);
    return this.client.workflow.start(request.type as string, {
      workflowId: request.workflowId,
      taskQueue: this.taskQueue,
      args: [request.input],
      workflowIdConflictPolicy: request.useExisting === false ? 'FAIL' : 'USE_EXISTING',
      staticSummary: request.summary,
      staticDetails: WORKFLOW_DETAILS[request.type],
      ...attributes,
    });
  }

  /** Search attributes, or the memo in their place where they are not registered. */
  async attributesFor(
    target: ModelTarget,
    experiment?: string,
  ): Promise<{ typedSearchAttributes: TypedSearchAttributes } | { memo: Record<string, unknown> }> {
    if (!(await this.areRegistered())) {
      return { memo: { LoopwrightModel: target.model, LoopwrightEnvironment: target.environment } };
    }
    const pairs = [
      { key: searchAttributes.model, value: target.model },
      { key: searchAttributes.environment, value: target.environment },
      ...(experiment === undefined ? [] : [{ key: searchAttributes.experiment, value: experiment }]),
    ];
    return { typedSearchAttributes: new TypedSearchAttributes(pairs) };
  }

  /** Refuses to start work that nobody would do. */
  async requireWorker(): Promise<void> {
    this.polled ||= await this.isPolled(this.taskQueue, WORKFLOW_QUEUE);
    if (this.polled) return;
    throw new NoWorkerError(
      `no worker polls the task queue "${this.taskQueue}" in namespace "${this.client.options.namespace}": start a ` +
        'worker with LoopwrightPlugin on it, or name the queue that yours polls',
    );
  }

  /** Refuses to start work that asks for a GPU where no worker with one takes any. */
  async requireGpuWorker(): Promise<void> {
    const queue = `${this.taskQueue}-gpu`;
    if (await this.isPolled(queue, ACTIVITY_QUEUE)) return;
    throw new NoWorkerError(
      `no worker polls the task queue "${queue}" in namespace "${this.client.options.namespace}", where stages with ` +
        'a GPU run: start a worker with LoopwrightPlugin on it on a machine that has one',
    );
  }

  private async isPolled(taskQueue: string, taskQueueType: number): Promise<boolean> {
    const { namespace } = this.client.options;
    const request = { namespace, taskQueue: { name: taskQueue }, taskQueueType };
    try {
      const { pollers } = await this.client.workflowService.describeTaskQueue(request);
      return (pollers ?? []).length > 0;
    } catch (error) {
      // The time-skipping test server does not describe queues.
      if (!isGrpc(error, GRPC.unimplemented)) throw error;
      return true;
    }
  }

  private areRegistered(): Promise<boolean> {
    this.registered ??= this.missingAttributes().then((missing) => {
      if (missing.length > 0) {
        this.warn(
          `search attributes are not registered, the memo takes their place; to register them: ${registrationCommand(missing)}`,
        );
      }
      return missing.length === 0;
    });
    return this.registered;
  }

  private async missingAttributes(): Promise<string[]> {
    const { namespace } = this.client.options;
    try {
      const { customAttributes } = await this.client.connection.operatorService.listSearchAttributes({ namespace });
      return SEARCH_ATTRIBUTE_NAMES.filter((name) => customAttributes?.[name] === undefined);
    } catch {
      // Not everybody may ask; then nothing is assumed.
      return [...SEARCH_ATTRIBUTE_NAMES];
    }
  }
}

/**
 * Sends an update; one that was cut off because the run ended under it is sent again with the same id, to the run
 * that goes on.
 */
export async function decide<R, A extends unknown[]>(
  handle: WorkflowHandle,
  update: UpdateDefinition<R, A>,
  request: { readonly args: A; readonly updateId?: string | undefined },
): Promise<R> {
  const { args, updateId } = request;
  const options = { args, ...(updateId === undefined ? {} : { updateId }) };
  return again(() => (handle.executeUpdate as (...given: unknown[]) => Promise<R>)(update, options));
}

/**
 * Tries a decision again that no worker has looked at, or that was cut off by the end of a run. Decisions carry
 * idempotency keys, so one that was carried out after all is answered, not repeated.
 */
export async function again<R>(work: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= CUT_OFF_RETRIES || !wasCutOff(error)) throw reasonOf(error);
      await delay(CUT_OFF_RETRY_MS * attempt);
    }
  }
}

/** Asks a workflow; one that was just started is still checking its spec and may not answer yet. */
export async function ask<R>(handle: WorkflowHandle, query: QueryDefinition<R>): Promise<R> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await handle.query(query);
    } catch (error) {
      if (!(error instanceof QueryNotRegisteredError) || attempt >= QUERY_RETRIES) throw error;
      await delay(QUERY_RETRY_MS);
    }
  }
}

/** The failure that a workflow, or an activity of its, gave as its reason, not the layers around it. */
export function reasonOf(error: unknown): unknown {
  for (let layer = error; layer instanceof Error; layer = layer.cause) {
    if (layer instanceof ApplicationFailure) return layer;
  }
  return error;
}

function wasCutOff(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return false;
  return UNDECIDED_UPDATES.includes(String(Reflect.get(cause, 'type'))) || wasNotReady(error);
}

/** A run that tries to end while signals pour in loses the task, and the update in it comes back undecided. */
function wasNotReady(error: unknown): boolean {
  if (!(error instanceof ServiceError) || !isGrpc(error, GRPC.failedPrecondition)) return false;
  const metadata = (error.cause as Error & { metadata?: { get(name: string): unknown[] } }).metadata;
  return metadata?.get('grpc-status-details-bin').some((detail) => String(detail).includes(NOT_READY)) ?? false;
}

function isGrpc(error: unknown, code: number): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return cause instanceof Error && Reflect.get(cause, 'code') === code;
}
