import { Context } from '@temporalio/activity';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { TYPE_PREFIX } from '../../src/contracts';

/** Activities of a workflow that stop before their effect until they are let go; being cancelled does not end them. */
export class HeldActivities {
  /** Calls that were met, by `workflow/activity`. */
  readonly met = new Map<string, number>();
  private readonly held = new Set<string>();

  /** Stands between a worker and its activities. */
  readonly interceptor: ActivityInterceptorsFactory = ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        const { workflowId } = info.workflowExecution!;
        const key = keyOf(workflowId, info.activityType.slice(TYPE_PREFIX.length));
        this.met.set(key, (this.met.get(key) ?? 0) + 1);
        while (this.held.has(key)) {
          Context.current().heartbeat();
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        return next(input);
      },
    },
  });

  hold(workflowId: string, activity: string): void {
    this.held.add(keyOf(workflowId, activity));
  }

  release(workflowId: string, activity: string): void {
    this.held.delete(keyOf(workflowId, activity));
  }

  /** How often an activity was called. */
  count(workflowId: string, activity: string): number {
    return this.met.get(keyOf(workflowId, activity)) ?? 0;
  }
}

function keyOf(workflowId: string, activity: string): string {
  return `${workflowId}/${activity}`;
}
