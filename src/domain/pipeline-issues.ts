import { PIPELINE_LIMITS } from '../contracts';
import type { PipelineIssue } from '../contracts';

/** What is wrong so far; after as many as are told, nothing more is worked out. */
export class PipelineIssues {
  readonly found: PipelineIssue[] = [];

  /** Whether more would not be told. */
  get full(): boolean {
    return this.found.length >= PIPELINE_LIMITS.errors;
  }

  /** @param expected is asked only while there is room: to suggest a name takes time */
  add(path: PipelineIssue['path'], expected: string | (() => string)): void {
    if (this.full) return;
    this.found.push({ path, expected: typeof expected === 'string' ? expected : expected() });
  }

  /** Tells every name that has been there before. */
  unique(names: readonly string[], pathOf: (index: number) => PipelineIssue['path'], what: string): void {
    const seen = new Set<string>();
    names.forEach((name, index) => {
      if (seen.has(name)) this.add(pathOf(index), `expected ${what} that differ`);
      seen.add(name);
    });
  }
}
