import { ApplicationFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Stage } from '../../src/contracts';
import { logisticRegressionStage } from '../../src/models';

/** A trainer that goes on until it is cancelled, or released at a test's end. */
export class EndlessStage {
  private released = false;

  readonly stage: Stage = {
    ...logisticRegressionStage,
    train: async (_, context) => {
      while (!this.released) {
        context.signal.throwIfAborted();
        context.heartbeat('still training');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return new Uint8Array();
    },
  };

  release(): void {
    this.released = true;
  }
}

/** Archiving a challenger fails for good for as long as `isBroken` says so. */
export function archivingFails(isBroken: () => boolean): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute: (input, next) =>
        isBroken() && info.activityType === 'loopwright.archiveChallenger'
          ? Promise.reject(ApplicationFailure.nonRetryable('the registry is away'))
          : next(input),
    },
  });
}
