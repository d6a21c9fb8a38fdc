import type { StageJob } from '../../contracts';
import { redacting } from './redact';
import type { Redacting } from './redact';

/** What a stage writes on its way to the log. */
export interface Output {
  /** One for each stream: a secret must not be hidden by what the other one says in the middle of it. */
  stream(): Redacting;
  /** @throws what the log threw */
  check(): void;
}

/**
 * Takes what a stage writes, without its secrets. A log that cannot be written ends the stage; what it throws in a
 * listener would end the worker.
 * @param end ends what writes; called once, when the log has thrown
 */
export function outputOf(job: StageJob, end: () => void): Output {
  let fault: { readonly error: unknown } | undefined;
  const guard = (work: () => void): void => {
    if (fault !== undefined) return;
    try {
      work();
    } catch (error) {
      fault = { error };
      end();
    }
  };
  return {
    stream: () => {
      const clean = redacting(Object.values(job.secrets), job.log);
      return { write: (chunk) => guard(() => clean.write(chunk)), end: () => guard(() => clean.end()) };
    },
    check: () => {
      if (fault !== undefined) throw fault.error;
    },
  };
}
