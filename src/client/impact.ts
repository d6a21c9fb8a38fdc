import type { WorkflowHandle } from '@temporalio/client';
import * as contracts from '../contracts';
import type {
  Conversion,
  Division,
  ImpactChange,
  ImpactHistory,
  ImpactRecord,
  ImpactReport,
  ImpactSpec,
  ImpactStatus,
  ImpactWriteResult,
  Instant,
  RecommendationClick,
  RecommendationEvent,
  RejectedImpactEvent,
  Settled,
  Watermark,
} from '../contracts';
import { groupAt } from '../domain/impact';
import {
  conversionSchema,
  impactChangeSchema,
  impactClosingSchema,
  impactSpecSchema,
  impactUserSchema,
  instant,
  monthSchema,
  parseWith,
  recommendationClickSchema,
  recommendationEventSchema,
  SchemaError,
  siftImpactEvents,
  targetSchema,
} from '../schemas';
import type { ImpactSpecInput } from '../schemas';
import type { Stores } from '../stores';
import { ask, decide } from './start';
import type { Starter } from './start';

/** How long control groups are kept before they are read again, in milliseconds; far less than a rotation's notice. */
const GROUPS_AGE_MS = 60_000;

/** Nothing tracks the model, or nothing any more. */
export class NotTrackedError extends Error {
  override readonly name = 'NotTrackedError';
}

/** What recommendations earn: a control group, events, orders, and a report for every month. One tracker per model. */
export class ImpactClient {
  private readonly starter: Starter;
  private readonly stores: Stores;
  private readonly known = new Map<string, { readonly record: ImpactRecord; readonly readAt: number }>();

  constructor(starter: Starter, stores: Stores) {
    this.starter = starter;
    this.stores = stores;
  }

  /**
   * Starts to track a model, or takes the tracker that runs; `configure` changes a running one.
   * @returns the spec with its defaults
   * @throws SchemaError with path, value and what is accepted
   */
  async start(spec: ImpactSpecInput): Promise<ImpactSpec> {
    const checked: ImpactSpec = parseWith(impactSpecSchema, spec, 'impact spec');
    await this.starter.start({
      type: 'loopwright.trackImpact',
      workflowId: contracts.workflowIds.impact(checked.model),
      target: checked,
      input: { spec: checked },
      summary: `what ${checked.model} earns, ${checked.controlGroupSize * 100} % of the users in control`,
    });
    // Services may begin at once: the workflow records the groups as its first act.
    await ask(this.handle(checked.model), contracts.impactStatusQuery);
    this.known.delete(checked.model);
    return checked;
  }

  /**
   * The group of a user: `control` is shown what everybody sees, `treatment` what the model recommends. Computed here
   * from the recorded control groups, which are read once a minute.
   * @param at default: now
   * @throws NotTrackedError
   */
  async groupOf(model: string, userId: string, at: Instant = new Date().toISOString()): Promise<Division> {
    const user = parseWith(impactUserSchema, userId, 'userId');
    const { groups } = await this.tracked(model);
    const found = groupAt(groups, model, user, parseWith(instant, at, 'at'));
    if (found === null) throw new NotTrackedError(`the tracking of ${model} begins ${groups[0]!.from}, after ${at}`);
    return found;
  }

  /**
   * Records what users were shown, control and treatment alike. When it resolves the events are durable; an id that is
   * known is a duplicate. A bad event is rejected with its reason and never stops the others.
   * @throws NotTrackedError
   * @throws SchemaError on more than 100 000 events; nothing is written then
   */
  async recommend(model: string, events: readonly RecommendationEvent[]): Promise<ImpactWriteResult> {
    const { groups, spec } = await this.tracked(model);
    const { rows, rejected } = siftImpactEvents(recommendationEventSchema, listOf(events), Date.now());
    const taken = rows.flatMap(({ row, index }) => {
      const division = groupAt(groups, model, row.userId, row.at);
      if (division !== null) return [{ ...row, ...division }];
      const message = `${row.at} is before the tracking began, ${spec.start}`;
      rejected.push({ index, reason: 'before-start', path: 'at', message });
      return [];
    });
    return withRejects(await this.stores.impactEvents.recommend(model, taken), rejected);
  }

  /** Records clicks on recommendations; they may come before the recommendation does. */
  async click(model: string, clicks: readonly RecommendationClick[]): Promise<ImpactWriteResult> {
    await this.tracked(model);
    const { rows, rejected } = siftImpactEvents(recommendationClickSchema, listOf(clicks), Date.now());
    const taken = rows.map(({ row }) => row);
    return withRejects(await this.stores.impactEvents.click(model, taken), rejected);
  }

  /**
   * Records orders, of whoever: each is later attributed to its user's last recommendation. The same id with a higher
   * revision takes the place of the one before.
   */
  async convert(model: string, conversions: readonly Conversion[]): Promise<ImpactWriteResult> {
    await this.tracked(model);
    const { rows, rejected } = siftImpactEvents<Conversion>(conversionSchema, listOf(conversions), Date.now());
    const taken = rows.map(({ row }) => row);
    return withRejects(await this.stores.impactEvents.convert(model, taken), rejected);
  }

  /** Has reports that late events change written now, not at the end of the day. */
  async refresh(model: string): Promise<void> {
    await this.handle(model).signal(contracts.eventsRecordedSignal);
  }

  /** Changes a running tracker; `rotate` divides the users anew from the first of a month that is still to come. */
  async configure(model: string, change: ImpactChange): Promise<ImpactStatus> {
    const args: [ImpactChange] = [parseWith(impactChangeSchema, change, 'impact change')];
    const status = await decide(this.handle(model), contracts.configureImpactUpdate, { args });
    this.known.delete(model);
    return status;
  }

  /** Moves the data clock and returns when the windows that are over by then are closed. */
  async advance(model: string, watermark: Watermark): Promise<Settled> {
    const updateId = `advance/${watermark.source}/${watermark.at}`;
    return decide(this.handle(model), contracts.advanceImpactUpdate, { args: [watermark], updateId });
  }

  /** Reports what is over and ends the tracking; nothing is recorded any more. */
  async close(model: string, decision: { readonly who: string; readonly reason: string }): Promise<ImpactStatus> {
    const args: [{ who: string; reason: string }] = [parseWith(impactClosingSchema, decision, 'close')];
    const status = await decide(this.handle(model), contracts.closeImpactUpdate, { args });
    this.known.delete(model);
    return status;
  }

  /** Where it stands, by its workflow. */
  async status(model: string): Promise<ImpactStatus> {
    return ask(this.handle(model), contracts.impactStatusQuery);
  }

  /** Every tracker, also those that are closed, by model. */
  async list(): Promise<ImpactRecord[]> {
    return this.stores.impact.list();
  }

  /** The last revision of each month, oldest month first. */
  async reports(model: string): Promise<ImpactHistory> {
    return this.stores.impact.history(nameOf(model));
  }

  /** Every revision of a month that is over, oldest first; before that, how it stands. */
  async revisions(model: string, month: string): Promise<ImpactReport[]> {
    return this.stores.impact.revisions(nameOf(model), parseWith(monthSchema, month, 'month'));
  }

  /** The tracker's workflow, for whatever is not here. */
  handle(model: string): WorkflowHandle {
    return this.starter.client.workflow.getHandle(contracts.workflowIds.impact(nameOf(model)));
  }

  private async tracked(model: string): Promise<ImpactRecord> {
    const known = this.known.get(model);
    if (known !== undefined && Date.now() - known.readAt < GROUPS_AGE_MS) return known.record;
    const record = await this.stores.impact.find(nameOf(model));
    if (record === null) throw new NotTrackedError(`nothing tracks ${model}: start it by impact.start`);
    if (record.closed !== null)
      throw new NotTrackedError(`the tracking of ${model} was closed by ${record.closed.who}`);
    this.known.set(model, { record, readAt: Date.now() });
    return record;
  }
}

function nameOf(model: string): string {
  return parseWith(targetSchema, { model }, 'target').model;
}

function listOf<T>(given: readonly T[]): readonly T[] {
  const limit = contracts.IMPACT_BATCH_LIMIT;
  const isList: boolean = Array.isArray(given);
  if (isList && given.length <= limit) return given;
  const value = isList ? `${given.length} of them` : typeof given;
  throw new SchemaError('events', [
    { path: '(root)', value, expected: `expected a list of at most ${limit}`, code: 'too_big' },
  ]);
}

function withRejects(
  written: Omit<ImpactWriteResult, 'rejected'>,
  rejected: readonly RejectedImpactEvent[],
): ImpactWriteResult {
  return { ...written, rejected: [...rejected].sort((a, b) => a.index - b.index) };
}
