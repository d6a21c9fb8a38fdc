import type { Db } from 'mongodb';
import type { ModelTarget, SummaryQuery, SummarySettings, WindowSummary } from '../contracts';
import { FoldStates, plainSettings } from './fold-state';
import type { LabelStore } from './label';
import { LabelWriter } from './label-writer';
import type { PredictionStore } from './prediction';
import { SegmentReader } from './summary/segment-reader';
import { WindowReader } from './summary/window-reader';
import { canonicalJson } from './unique-batch';

/**
 * Served traffic, summed up by hour: what is judged by reading a document an hour instead of every row. Sums are exact,
 * so they are the same whatever the order in which predictions, outcomes and revisions came.
 */
export class SummaryStore {
  private readonly labels: LabelStore;
  private readonly states: FoldStates;
  private readonly windows: WindowReader;

  constructor(db: Db, parts: { readonly predictions: PredictionStore; readonly labels: LabelStore }) {
    this.labels = parts.labels;
    this.states = new FoldStates(db);
    const reader = new SegmentReader(parts.predictions, new LabelWriter(db, parts.predictions));
    this.windows = new WindowReader(parts.labels.summaries.store, reader);
  }

  /** Folds what came since the last time; with other settings than before, everything that is there. */
  async fold(target: ModelTarget, settings: SummarySettings): Promise<void> {
    await this.labels.summaries.configure(target, settings);
    await this.labels.fold(target);
  }

  /**
   * The summary of a window. Whole hours are read from their buckets; the ends of a window that is not made of hours,
   * and hours of which a label became known after `asOf`, from their rows.
   * @throws Error when nothing was folded with these settings yet
   */
  async read(target: ModelTarget, settings: SummarySettings, query: SummaryQuery): Promise<WindowSummary> {
    const wanted = plainSettings(settings);
    return this.windows.read(target, wanted, query, this.droppedBefore(target, wanted));
  }

  /** Sums up hours anew from the rows that are there; the documents come out the same. */
  async rebuild(target: ModelTarget, hours: readonly Date[]): Promise<void> {
    await this.labels.summaries.rebuild(target, hours);
  }

  /** Before when rows may be gone, in milliseconds; refuses other settings than those that are summed up. */
  private async droppedBefore(target: ModelTarget, wanted: SummarySettings): Promise<number> {
    const state = await this.states.read(target);
    if (state.ready && canonicalJson(state.settings) === canonicalJson(wanted))
      return state.droppedBefore?.getTime() ?? -Infinity;
    const { model, environment } = target;
    throw new Error(`summaries of ${model} in ${environment} are not made for ${canonicalJson(wanted)}: fold first`);
  }
}
