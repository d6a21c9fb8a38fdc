import type { AssignableExperiment, Exposure, TrackResult } from '../../src/contracts';
import { ExperimentAssigner } from '../../src/services';
import type { AssignerOptions } from '../../src/services';

/** What an assigner reads and writes, in memory: the port's own behaviour, for tests that need no database. */
export class Parts {
  experiments: AssignableExperiment[];
  /** By experiment and unit. */
  readonly met = new Map<string, string>();
  readonly asked: string[][] = [];
  readonly exposures: Exposure[] = [];
  readonly errors: unknown[] = [];
  /** What the next calls throw. */
  fails: Error | null = null;
  rejected: TrackResult['rejected'] = {};
  private readonly open: ExperimentAssigner[] = [];

  constructor(...experiments: AssignableExperiment[]) {
    this.experiments = experiments;
  }

  /** An assigner that looks only when it is told to. */
  async assigner(options: AssignerOptions = {}): Promise<ExperimentAssigner> {
    const answer = <T>(value: () => T): Promise<T> =>
      this.fails === null ? Promise.resolve(value()) : Promise.reject(this.fails);
    const assigner = await ExperimentAssigner.start({
      pollMs: 3_600_000,
      now: () => Date.parse('2026-01-05T12:00:00Z'),
      onError: (error) => this.errors.push(error),
      designs: {
        list: () => answer(() => this.experiments),
        assignable: () => answer(() => this.experiments.filter(({ running }) => running)),
      },
      assignments: {
        sticky: (experiment, units) =>
          answer(() => {
            this.asked.push([experiment, ...units]);
            const found = units.flatMap((unit) => {
              const variant = this.met.get(`${experiment} ${unit}`);
              return variant === undefined ? [] : [[unit, variant] as const];
            });
            return new Map(found);
          }),
      },
      tracking: {
        expose: (exposures) =>
          answer(() => {
            this.exposures.push(...exposures);
            return { accepted: exposures.length, duplicates: 0, rejected: this.rejected };
          }),
      },
      ...options,
    });
    this.open.push(assigner);
    return assigner;
  }

  async close(): Promise<void> {
    this.fails = null;
    await Promise.all(this.open.splice(0).map((assigner) => assigner.close()));
  }
}
