import type { Binary } from 'mongodb';
import { pack, unpackBytes, unpackIntegers, unpackNumbers } from './columns';
import { NO_LABEL } from './label-codes';

/** The labels of one prediction segment, row by row. */
export interface SegmentLabels {
  readonly _id: string;
  /** 0, 1, 254 for an outcome without a class, 255 while unknown. */
  readonly label: Binary;
  /** When the label became known, milliseconds; NaN while unknown. */
  readonly at: Binary;
  readonly value: Binary;
  /** −1 while unknown. */
  readonly revision: Binary;
  /** Gains of rankings as JSON, where any outcome has some. */
  readonly relevance?: readonly (string | null)[];
}

/** One report of what really happened. */
export interface Outcome {
  readonly predictionId: string;
  readonly label: number;
  readonly at: number;
  /** NaN for none. */
  readonly value: number;
  readonly revision: number;
  /** Gains as JSON. */
  readonly relevance: string | null;
}

/** A row's outcome as it stands. */
export type RowOutcome = Omit<Outcome, 'predictionId'>;

/** A segment's labels, unpacked. */
export interface LabelState {
  readonly label: Uint8Array;
  readonly at: Float64Array;
  readonly value: Float64Array;
  readonly revision: Int32Array;
  /** Null while no outcome has gains. */
  relevance: (string | null)[] | null;
}

/** A segment's labels, unpacked. */
export function unpackLabels(labels: SegmentLabels): LabelState {
  return {
    label: unpackBytes(labels.label),
    at: unpackNumbers(labels.at),
    value: unpackNumbers(labels.value),
    revision: unpackIntegers(labels.revision),
    relevance: labels.relevance === undefined ? null : [...labels.relevance],
  };
}

/** The labels of n rows of which nothing is known. */
export function noLabels(n: number): LabelState {
  return {
    label: new Uint8Array(n).fill(NO_LABEL),
    at: new Float64Array(n).fill(Number.NaN),
    value: new Float64Array(n).fill(Number.NaN),
    revision: new Int32Array(n).fill(-1),
    relevance: null,
  };
}

/** Labels as they are stored. */
export function packLabels(state: LabelState): Omit<SegmentLabels, '_id'> {
  const { label, at, value, revision, relevance } = state;
  const gains = relevance?.some((text) => text !== null) === true ? { relevance } : {};
  return { label: pack(label), at: pack(at), value: pack(value), revision: pack(revision), ...gains };
}

/** What stands for a row. */
export function outcomeOf(state: LabelState, row: number): RowOutcome {
  const [label, at, value] = [state.label[row]!, state.at[row]!, state.value[row]!];
  return { label, at, value, revision: state.revision[row]!, relevance: state.relevance?.[row] ?? null };
}

/** Makes an outcome, or none, the one that stands for a row. */
export function setOutcome(state: LabelState, row: number, outcome: RowOutcome | null): void {
  state.label[row] = outcome?.label ?? NO_LABEL;
  state.at[row] = outcome?.at ?? Number.NaN;
  state.value[row] = outcome?.value ?? Number.NaN;
  state.revision[row] = outcome?.revision ?? -1;
  const relevance = outcome?.relevance ?? null;
  if (relevance !== null) state.relevance ??= new Array<string | null>(state.label.length).fill(null);
  if (state.relevance !== null) state.relevance[row] = relevance;
}

/**
 * Whether an outcome takes the place of the one that stands: the higher revision does. Two bodies under one revision,
 * which batches that know nothing of each other may bring, are told apart by what they say, whatever came first: the
 * earlier known stands, then the lesser label, value and gains.
 */
export function supersedes(outcome: RowOutcome, standing: RowOutcome): boolean {
  if (outcome.revision !== standing.revision) return outcome.revision > standing.revision;
  if (outcome.at !== standing.at) return outcome.at < standing.at;
  if (outcome.label !== standing.label) return outcome.label < standing.label;
  if (!Object.is(outcome.value, standing.value)) return Number.isNaN(standing.value) || outcome.value < standing.value;
  return (outcome.relevance ?? '') < (standing.relevance ?? '');
}
