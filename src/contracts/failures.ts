/** Failure types carried by `ApplicationFailure.type`: what a caller may switch on. */
export const failureTypes = {
  /** A spec or command has a bad value; the message names the path, the value and what is accepted. */
  invalidSpec: 'loopwright.InvalidSpec',
  /** The artifact's bytes do not have the digest they are stored under. */
  artifactCorrupt: 'loopwright.ArtifactCorrupt',
  /** Training data that no model can be trained on, e.g. one class only. */
  trainingRefused: 'loopwright.TrainingRefused',
  /** A writer with an older fencing token: someone newer has written. */
  staleWriter: 'loopwright.StaleWriter',
  /** The decision does not fit the state: nothing to roll back to, experiment already decided, … */
  conflict: 'loopwright.Conflict',
  /** The named thing is not there. */
  notFound: 'loopwright.NotFound',
  /** The retraining was cancelled by a person. */
  cancelled: 'loopwright.Cancelled',
  /** A run of a pipeline failed; the message names the stage and why. */
  pipelineFailed: 'loopwright.PipelineFailed',
} as const;

/** One of the failure types above. */
export type FailureType = (typeof failureTypes)[keyof typeof failureTypes];

/** A stage failed: tried again as its pipeline says. */
export const STAGE_FAILED = 'loopwright.StageFailed';

/** Failures that no retry can mend. */
export const NON_RETRYABLE: readonly string[] = Object.values(failureTypes);

/** Failures by which the server says that no worker has decided on an update: it may be sent again under its key. */
export const UNDECIDED_UPDATES: readonly string[] = ['AcceptedUpdateCompletedWorkflow', 'UnprocessedUpdate'];
