/** A stage that cannot be carried out, through no fault of what it runs. */
export class ExecutorError extends Error {
  override readonly name = 'ExecutorError';
  /** Whether only a person can mend it: no other try would end otherwise. */
  readonly lasting: boolean;

  constructor(message: string, lasting: boolean) {
    super(message);
    this.lasting = lasting;
  }
}
