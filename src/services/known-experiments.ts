import { isDeepStrictEqual } from 'node:util';
import type { AssignableExperiment } from '../contracts';

/** Where experiments are read. */
export interface ExperimentSource {
  /** Those that run. */
  assignable(): Promise<readonly AssignableExperiment[]>;
  /** All that were ever declared. */
  list(): Promise<readonly AssignableExperiment[]>;
}

/** Told which experiments began, changed or ended. */
export type ExperimentsListener = (ids: readonly string[]) => void;

/** Holds experiments in memory and looks for changes from time to time. While it cannot, it keeps what it has. */
export class KnownExperiments {
  private readonly source: ExperimentSource;
  private readonly pollMs: number;
  private readonly onError: (error: unknown) => void;
  private readonly known = new Map<string, AssignableExperiment>();
  private readonly listeners = new Set<ExperimentsListener>();
  private timer: NodeJS.Timeout | null = null;
  private reading: Promise<unknown> = Promise.resolve();
  private closed = false;
  private looks = 0;

  constructor(source: ExperimentSource, pollMs: number, onError: (error: unknown) => void) {
    this.source = source;
    this.pollMs = pollMs;
    this.onError = onError;
  }

  /** Reads all experiments, those that are over too, and begins to look for changes. */
  async start(): Promise<void> {
    for (const { design, running, coverage, dropped } of await this.source.list())
      this.known.set(design.id, { design, running, coverage, dropped });
    this.looks += 1;
    this.schedule();
  }

  get(id: string): AssignableExperiment | undefined {
    return this.known.get(id);
  }

  /** Those that run, in the order of their ids. */
  running(): AssignableExperiment[] {
    return [...this.known.values()]
      .filter(({ running }) => running)
      .sort((a, b) => (a.design.id < b.design.id ? -1 : 1));
  }

  /** How often it has looked: what was learnt before the last look may be older than what it knows. */
  get generation(): number {
    return this.looks;
  }

  /** Looks now, after looks that are under way. @throws what the source throws */
  refresh(): Promise<void> {
    const look = this.reading.then(() => this.look());
    this.reading = look.catch(() => undefined);
    return look;
  }

  /** Calls at every change until the returned function is called. */
  onChange(listener: ExperimentsListener): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.reading;
  }

  private schedule(): void {
    if (this.closed) return;
    this.timer = setTimeout(() => {
      void this.refresh()
        .catch((error: unknown) => this.onError(error))
        .finally(() => this.schedule());
    }, this.pollMs);
  }

  private async look(): Promise<void> {
    const found = await this.source.assignable();
    if (this.closed) return;
    this.looks += 1;
    const changed = found.filter((one) => !isDeepStrictEqual(one, this.known.get(one.design.id)));
    const ids = new Set(found.map(({ design }) => design.id));
    const over = this.running().filter(({ design }) => !ids.has(design.id));
    for (const one of changed) this.known.set(one.design.id, one);
    for (const one of over) this.known.set(one.design.id, { ...one, running: false });
    this.tell([...changed, ...over].map(({ design }) => design.id).sort());
  }

  private tell(ids: readonly string[]): void {
    if (ids.length === 0) return;
    for (const listener of this.listeners) {
      try {
        listener(ids);
      } catch (error) {
        this.onError(error);
      }
    }
  }
}
