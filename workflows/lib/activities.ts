import type { RetryPolicy } from '@temporalio/common';
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { ActivityOptions, LocalActivityOptions } from '@temporalio/workflow';
import { NON_RETRYABLE, TYPE_PREFIX } from '../../src/contracts';
import type {
  DeploymentActivities,
  LoopwrightActivities,
  RolloutActivities,
  RetrainSpec,
  SpecKinds,
} from '../../src/contracts';
import { durationMs } from '../../src/domain/time';

const retry: RetryPolicy = {
  initialInterval: '200ms',
  maximumInterval: '30s',
  nonRetryableErrorTypes: [...NON_RETRYABLE],
};

/** Short work: reads, sums, writes. A dead worker is noticed by the missing heartbeat. */
export const SHORT: ActivityOptions = { startToCloseTimeout: '5 minutes', heartbeatTimeout: '6s', retry };

/** An analysis: the first one brings millions of events into their sums, and one that is cut off goes on where it was. */
export const ANALYSIS: ActivityOptions = { ...SHORT, startToCloseTimeout: '2 hours' };

/** A look: tried for about half a minute, then the monitor says that it is degraded and looks again later. */
export const LOOK: ActivityOptions = { ...SHORT, retry: { ...retry, maximumAttempts: 8, maximumInterval: '10s' } };

/** A message to a sink: for an hour, then the alert says that it was not taken. */
export const DELIVERY: ActivityOptions = {
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout: '1 hour',
  heartbeatTimeout: '10s',
  retry: { ...retry, initialInterval: '1s', maximumInterval: '5 minutes' },
};

/** Training and scoring, for as long as they show life. */
export const LONG: ActivityOptions = { startToCloseTimeout: '24 hours', heartbeatTimeout: '30s', retry };

/** A compensation: tried for about a minute, then a person is asked. */
export const UNDO: ActivityOptions = {
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '6s',
  retry: { ...retry, maximumAttempts: 10, maximumInterval: '10s' },
};

/** A step of a retraining that has not ended by then has an unknown outcome: what undoes it looks first. */
const STEP_TIMEOUT = '24h';

/** How long a step of a retraining may take, in milliseconds. */
export function stepTimeoutMs({ policy }: RetrainSpec): number {
  return durationMs(policy.stepTimeout ?? STEP_TIMEOUT);
}

/** Activities as the steps of a retraining: tried again until the step's time is up. */
export function stepsOf(spec: RetrainSpec): Summarised<LoopwrightActivities> {
  return activities({ ...LONG, scheduleToCloseTimeout: stepTimeoutMs(spec) });
}

const LOCAL: LocalActivityOptions = { startToCloseTimeout: '10s', retry };

/** An activity call that shows in the UI with one line of its own. */
type Summarised<A> = {
  [K in keyof A]: A[K] extends (input: infer I) => infer R ? (input: I, summary: string) => R : never;
};

/** Activities by their plain names; every call says in a line what it is for. */
export function activities(options: ActivityOptions): Summarised<LoopwrightActivities> {
  const proxied = proxyActivities<Record<string, (input: unknown) => Promise<unknown>>>(options);
  return prefixed(proxied, (call, summary, input) => call.executeWithOptions({ ...options, summary }, [input]));
}

/** Local activities: they take no slot, so workflows that wait for one another cannot run out of them. */
export function localActivities(): Summarised<DeploymentActivities & Pick<RolloutActivities, 'probeVersion'>> {
  const proxied = proxyLocalActivities<Record<string, (input: unknown) => Promise<unknown>>>(LOCAL);
  return prefixed(proxied, (call, summary, input) => call.executeWithOptions({ ...LOCAL, summary }, [input]));
}

function prefixed<P extends object, A>(
  proxied: P,
  run: (call: NonNullable<P[keyof P]>, summary: string, input: unknown) => Promise<unknown>,
): Summarised<A> {
  return new Proxy({} as Summarised<A> & object, {
    get: (_, name) => (input: unknown, summary: string) =>
      run(Reflect.get(proxied, `${TYPE_PREFIX}${String(name)}`) as NonNullable<P[keyof P]>, summary, input),
  });
}

/** A spec with its defaults; one that does not hold fails the workflow at once, with path and value. */
export async function checkSpec<K extends keyof SpecKinds>(kind: K, spec: unknown): Promise<SpecKinds[K]> {
  return (await activities(SHORT).checkSpec({ kind, spec }, `check the ${kind} spec`)) as SpecKinds[K];
}
