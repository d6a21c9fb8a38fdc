import type { ErrorCode, FlagMetadata, JsonValue, ResolutionDetails } from '@openfeature/server-sdk';
import type { Assignment, ExperimentDesign } from '../contracts';

type Assigned = Extract<Assignment, { readonly by: string }>;

/** How an assignment answers flags of a type. */
export interface FlagType<T> {
  readonly value: (assigned: Assigned) => T;
  /** Why an experiment has no values of this type; null where it has. */
  readonly mismatch: (design: ExperimentDesign) => string | null;
}

/** The name of the variant. */
export const textFlag: FlagType<string> = { value: ({ variant }) => variant, mismatch: () => null };

/** Whether it is another variant than the control. */
export const booleanFlag: FlagType<boolean> = { value: ({ index }) => index > 0, mismatch: () => null };

/** The model version that the variant serves; a design names one for every variant, or none. */
export const numberFlag: FlagType<number> = {
  value: ({ version }) => version!,
  mismatch: ({ id, variants }) =>
    variants[0]!.version === undefined ? `the variants of ${id} have no version: ask for text or a boolean` : null,
};

/** The whole assignment. */
export const objectFlag: FlagType<JsonValue> = { value: (assigned) => ({ ...assigned }), mismatch: () => null };

/** An error as the specification has it: the default value, a code and a message. */
export function failed<T>(value: T, errorCode: `${ErrorCode}`, errorMessage: string): ResolutionDetails<T> {
  return { value, reason: 'ERROR', errorCode: errorCode as ErrorCode, errorMessage };
}

/** What is told of an assignment; the default value where the unit is in no variant. */
export function resolved<T>(answer: Assignment, fallback: T, type: FlagType<T>): ResolutionDetails<T> {
  if (answer.variant === null) {
    const reason = answer.reason === 'not-running' ? 'DISABLED' : 'DEFAULT';
    return { value: fallback, reason, flagMetadata: { reason: answer.reason } };
  }
  const { variant, index, version, by } = answer;
  const flagMetadata: FlagMetadata = { index, by, ...(version === null ? {} : { version }) };
  const reason = by === 'forced' ? 'TARGETING_MATCH' : 'SPLIT';
  return { value: type.value(answer), variant, reason, flagMetadata };
}
