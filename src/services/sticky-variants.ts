import { Recent } from '../client/recent';
import { assignmentId } from '../stores/assignment';

/** Where the variants that units met are stored. */
export interface StickySource {
  sticky(experiment: string, units: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

interface Met {
  /** Null: it met none, as far as was known then. */
  readonly variant: string | null;
  readonly generation: number;
}

/**
 * The variants that units met, as far as they were asked for lately. A variant stands for ever; that a unit met none
 * holds until the experiments are looked at again, because another process may have shown it one.
 */
export class StickyVariants {
  private readonly source: StickySource;
  private readonly recent: Recent<Met>;
  private readonly generation: () => number;

  constructor(source: StickySource, capacity: number, generation: () => number) {
    this.source = source;
    this.recent = new Recent(capacity);
    this.generation = generation;
  }

  /** The variant, null where it met none, undefined where it has to be asked. */
  known(experiment: string, unit: string): string | null | undefined {
    const met = this.recent.get(assignmentId(experiment, unit));
    if (met === undefined || (met.variant === null && met.generation !== this.generation())) return undefined;
    return met.variant;
  }

  /** Keeps what a unit has just met: it need not be asked. */
  remember(experiment: string, unit: string, variant: string): void {
    this.recent.set(assignmentId(experiment, unit), { variant, generation: this.generation() });
  }

  /** Asks for those that are not known. */
  async load(experiment: string, units: readonly string[]): Promise<void> {
    const asked = [...new Set(units)].filter((unit) => this.known(experiment, unit) === undefined);
    if (asked.length === 0) return;
    // Before the answer: what changes meanwhile is asked again.
    const generation = this.generation();
    const found = await this.source.sticky(experiment, asked);
    for (const unit of asked) {
      // What was remembered meanwhile is newer than an answer that knows of none.
      if (typeof this.known(experiment, unit) === 'string') continue;
      this.recent.set(assignmentId(experiment, unit), { variant: found.get(unit) ?? null, generation });
    }
  }
}
