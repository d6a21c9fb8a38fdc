/** An assignment was asked for an experiment that nobody declared, or that was a draft only when this process began. */
export class UnknownExperimentError extends Error {
  override readonly name = 'UnknownExperimentError';
  readonly experiment: string;
  readonly running: readonly string[];

  constructor(experiment: string, running: readonly string[]) {
    const known = running.length === 0 ? 'none runs' : `these run: ${running.join(', ')}`;
    super(`experiment ${JSON.stringify(experiment)} is not known, ${known}`);
    this.experiment = experiment;
    this.running = running;
  }
}
