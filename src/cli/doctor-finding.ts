import type { ModelTarget } from '../contracts';
import type { OperatorContext } from './context';

/** One thing that was looked at. */
export interface Finding extends Record<string, unknown> {
  readonly check: string;
  /** `note`: nothing to do now. */
  readonly state: 'good' | 'bad' | 'note';
  readonly finding: string;
  /** What `--repair` does about it; missing where it does nothing. */
  readonly repair?: string | undefined;
  /** The command that mends it, or begins to. */
  readonly command?: string | undefined;
}

/** A finding with the means to mend it. */
export interface Diagnosis extends Finding {
  readonly mend?: (() => Promise<void>) | undefined;
  /** Where nothing must be mended until this is put right. */
  readonly blocks?: true | undefined;
}

/** Looks at one kind of thing. */
export type Check = (context: OperatorContext, now: number) => Promise<Diagnosis[]>;

/** What is younger may still be on its way: a workflow about to start, a write about to follow. */
export const GRACE_MS = 60_000;

/** Who the doctor is in the records. */
export const DOCTOR = 'doctor';

/** The command by which the doctor mends what it found. */
export const REPAIR = 'loopwright doctor --repair';

/** Whether something is too young to be judged. @param at when it began, if that is known */
export function isYoung(at: Date | string | null | undefined, now: number): boolean {
  return at != null && now - new Date(at).getTime() < GRACE_MS;
}

/** What is said of something too young to be judged. */
export function young(finding: string): Omit<Diagnosis, 'check'> {
  return { state: 'note', finding: `${finding}; younger than a minute, so it is left alone: look again` };
}

/** A look that fails is a bad finding by itself. */
export async function guarded(check: string, work: () => Promise<Omit<Diagnosis, 'check'>>): Promise<Diagnosis> {
  try {
    return { check, ...(await work()) } as Diagnosis;
  } catch (error) {
    return { check, state: 'bad', finding: (error as Error).message };
  }
}

/**
 * Whether a workflow runs.
 * @throws whatever else but "not found" the server says: what cannot be told must not be repaired
 */
export async function isRunning(context: OperatorContext, workflowId: string): Promise<boolean> {
  return (await stateOf(context, workflowId)) === 'RUNNING';
}

/** The state of the newest run of a workflow; null where the namespace knows none. */
export async function stateOf({ temporal }: OperatorContext, workflowId: string): Promise<string | null> {
  try {
    return (await temporal.workflow.getHandle(workflowId).describe()).status.name;
  } catch (error) {
    if ((error as Error).name === 'WorkflowNotFoundError') return null;
    throw error;
  }
}

/** `bike in production`. */
export function placeOf({ model, environment }: ModelTarget): string {
  return `${model} in ${environment}`;
}

/** The target alone, of whatever names one: the client takes no more. */
export function targetIn({ model, environment }: ModelTarget): ModelTarget {
  return { model, environment };
}
