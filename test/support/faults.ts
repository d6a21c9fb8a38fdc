import { Context } from '@temporalio/activity';
import type { Context as ActivityContext } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { TYPE_PREFIX } from '../../src/contracts';

/** What is done to an activity of a model. */
export interface Fault {
  /** `decideDeployment`, or a decision of it: `withdraw`, `split`. */
  readonly activity: string;
  readonly kind: 'fails' | 'fails-once' | 'hangs-after' | 'hangs-before' | 'cancelled';
  /** For `cancelled`: cancels the workflow once the effect is there. */
  readonly cancel?: () => Promise<unknown>;
}

/** Faults by model; a test puts them in and takes them out. */
export class Faults {
  readonly byModel = new Map<string, readonly Fault[]>();
  private readonly hit = new Set<string>();

  /** How often a fault was met; a test that never met its fault proves nothing. */
  readonly met = new Map<string, number>();

  /** Stands between a worker and its activities. */
  readonly interceptor: ActivityInterceptorsFactory = (context: ActivityContext) => ({
    inbound: {
      execute: async (input, next) => {
        const { model, names } = subjectOf(context.info.activityType, input.args[0]);
        const fault = this.byModel.get(model)?.find(({ activity }) => names.includes(activity));
        if (fault === undefined) return next(input);
        this.met.set(model, (this.met.get(model) ?? 0) + 1);
        return this.strike(model, fault, () => next(input));
      },
    },
  });

  private async strike(model: string, fault: Fault, effect: () => Promise<unknown>): Promise<unknown> {
    const key = `${model}/${fault.activity}`;
    switch (fault.kind) {
      case 'fails':
        throw ApplicationFailure.nonRetryable(`${fault.activity} was made to fail`);
      case 'fails-once':
        if (this.hit.has(key)) return effect();
        this.hit.add(key);
        throw new Error(`${fault.activity} was made to fail once`);
      case 'hangs-before':
        return hang();
      case 'hangs-after':
        await effect();
        return hang();
      case 'cancelled':
        await effect();
        if (!this.hit.has(key)) {
          this.hit.add(key);
          void fault.cancel!();
        }
        return hang();
    }
  }
}

/** The model that an activity is about, and what the activity may be called. */
function subjectOf(type: string, input: unknown): { model: string; names: readonly string[] } {
  const { spec, target, action } = input as {
    spec?: { model: string };
    target?: { model: string };
    action?: { kind: string };
  };
  const name = type.replace(TYPE_PREFIX, '');
  // A withdrawal is a decision, but not the step.
  const names = action?.kind === 'withdraw' ? ['withdraw'] : [name, ...(action === undefined ? [] : [action.kind])];
  return { model: spec?.model ?? target?.model ?? '', names };
}

/** Never answers, until the server cancels it. */
async function hang(): Promise<never> {
  const context = Context.current();
  for (;;) {
    context.heartbeat();
    await context.sleep(200);
  }
}
