import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes, UNDECIDED_UPDATES } from '../src/contracts';
import type { StageContext } from '../src/contracts';
import { SchemaError } from '../src/schemas';
import { ArtifactCorruptError, StaleWriterError } from '../src/stores';

/** A third of the shortest heartbeat time-out. */
const HEARTBEAT_MS = 2_000;

/** What a stage may use: the running activity's heartbeat and cancellation. */
export function stageContext(): StageContext {
  const context = Context.current();
  return { heartbeat: (progress) => context.heartbeat(progress), signal: context.cancellationSignal };
}

/**
 * An activity that shows life while it works and fails for good where no retry can mend it. A worker that dies is
 * noticed by the heartbeat that stops, not by the time-out of the work.
 */
export function guarded<I, R>(activity: (input: I) => Promise<R>): (input: I) => Promise<R> {
  return async (input) => {
    const context = Context.current();
    const timer = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
    try {
      return await activity(input);
    } catch (error) {
      throw translate(error);
    } finally {
      clearInterval(timer);
    }
  };
}

function translate(error: unknown): unknown {
  if (error instanceof ArtifactCorruptError) return lasting(error, failureTypes.artifactCorrupt);
  if (error instanceof StaleWriterError) return lasting(error, failureTypes.staleWriter);
  if (error instanceof SchemaError) return lasting(error, failureTypes.invalidSpec);
  return unwrapUpdateFailure(error);
}

/** An update that another workflow refused carries its reason as cause; that reason is what the caller can act on. */
function unwrapUpdateFailure(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) return error;
  // Nobody has decided yet; the server calls it final, our keys make it safe to ask again.
  return UNDECIDED_UPDATES.includes(cause.type ?? '') ? new Error(cause.message) : cause;
}

function lasting(error: Error, type: string): ApplicationFailure {
  return ApplicationFailure.create({ message: error.message, type, nonRetryable: true, cause: error });
}
