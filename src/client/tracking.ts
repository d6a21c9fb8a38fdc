import type { Exposure, MetricEvent, TrackResult } from '../contracts';
import { exposureSchema, metricEventSchema, siftTracking } from '../schemas';
import type { MetricEventInput } from '../schemas';
import type { Stores } from '../stores';
import { GroupCommit } from '../stores/group-commit';
import { trackResult } from '../stores/tracked';
import type { TrackStatus } from '../stores/tracked';
import { listOf } from './batch';
import { Recent } from './recent';

/** Units whose sums are brought up to date as their events come; more at once wait for the next look. */
const MOST_UNITS_AT_ONCE = 1_000;
/** Exposures that a process remembers to have logged. */
const REMEMBERED = 100_000;

/** What units met and what they did: the numbers of experiments come from here. */
export class TrackingClient {
  private readonly stores: Stores;
  private readonly exposures = new GroupCommit<Exposure, TrackStatus>();
  private readonly events = new GroupCommit<MetricEvent, TrackStatus>();
  /** When a unit was exposed, by experiment, variant and unit; the least recent is forgotten first. */
  private readonly logged = new Recent<string>(REMEMBERED);

  constructor(stores: Stores) {
    this.stores = stores;
  }

  /**
   * Logs that units met their variants, durably when it resolves. The first of a unit and experiment decides its
   * variant and begins its conversion windows. Units that were forced into a variant are not to be sent. What this
   * process has logged already is a duplicate that costs nothing.
   * @throws SchemaError when there are more than a million; nothing is written then
   * @example
   * await client.tracking.expose({ experiment: 'checkout', unit: 'user-17', variant: 'new', at: '2026-03-01T12:00:00Z' });
   */
  async expose(given: Exposure | readonly Exposure[]): Promise<TrackResult> {
    const list = listOf(given, 'exposures');
    const { rows, rejected } = siftTracking(exposureSchema, list, Date.now());
    const fresh = rows.filter((row) => !this.isLogged(row));
    const write = (some: readonly Exposure[]): Promise<TrackStatus[]> => this.writeExposures(some);
    const alone = list !== given && fresh.length === 1;
    const statuses = alone ? [await this.exposures.add('', fresh[0]!, write)] : await write(fresh);
    fresh.forEach((row, index) => this.remember(row, statuses[index]!));
    return merged(trackResult(statuses), { duplicates: rows.length - fresh.length, rejected });
  }

  /**
   * Logs what units did, durably when it resolves. An event id that is known is a duplicate, so anything may be sent
   * again. Events may come late, in any order, and before their unit's exposure; those that many callers log one by
   * one at the same time are written together, within 50 ms.
   * @throws SchemaError when there are more than a million; nothing is written then
   * @example
   * await client.tracking.track({ eventId: 'order-9', unit: 'user-17', event: 'revenue', value: 39.9, at: new Date().toISOString() });
   */
  async track(given: MetricEventInput | readonly MetricEventInput[]): Promise<TrackResult> {
    const list = listOf(given, 'events');
    const { rows, rejected } = siftTracking<MetricEvent>(metricEventSchema, list, Date.now());
    const write = (some: readonly MetricEvent[]): Promise<TrackStatus[]> => this.writeEvents(some);
    const alone = list !== given && rows.length === 1;
    const statuses = alone ? [await this.events.add('', rows[0]!, write)] : await write(rows);
    return merged(trackResult(statuses), { duplicates: 0, rejected });
  }

  /** Writes at once what waits for others to join it. */
  async flush(): Promise<void> {
    await Promise.all([this.exposures.flush(), this.events.flush()]);
  }

  private async writeExposures(rows: readonly Exposure[]): Promise<TrackStatus[]> {
    if (rows.length === 0) return [];
    const known = await this.stores.designs.assignable([...new Set(rows.map(({ experiment }) => experiment))]);
    const statuses = await this.stores.assignments.write(rows, known);
    await this.foldUnits(rows.filter((_, index) => statuses[index] === 'accepted'));
    return statuses;
  }

  private async writeEvents(rows: readonly MetricEvent[]): Promise<TrackStatus[]> {
    if (rows.length === 0) return [];
    const statuses = await this.stores.metricEvents.write(rows);
    const accepted = rows.filter((_, index) => statuses[index] === 'accepted');
    await this.foldUnits(accepted, () =>
      this.stores.unitSums.mark(accepted.map(({ eventId, unit, at }) => ({ _id: eventId, unit, at: new Date(at) }))),
    );
    return statuses;
  }

  /** What is stored is safe: whatever fails here is made good by the next look. */
  private async foldUnits(rows: readonly { readonly unit: string }[], first?: () => Promise<void>): Promise<void> {
    const units = [...new Set(rows.map(({ unit }) => unit))];
    if (units.length === 0 || units.length > MOST_UNITS_AT_ONCE) return;
    const { unitSums, designs } = this.stores;
    try {
      await first?.();
      const dirty = await unitSums.dirtyIn(units);
      if (dirty.length === 0) return;
      for (const { design } of await designs.assignable(dirty)) await unitSums.foldUnits(design, units);
    } catch {
      // The units stay marked, or the events unfolded.
    }
  }

  /** An earlier one than is known is no repetition: it moves the unit's windows back. */
  private isLogged(row: Exposure): boolean {
    const key = keyOf(row);
    const at = this.logged.get(key);
    if (at === undefined || Date.parse(row.at) < Date.parse(at)) return false;
    this.logged.set(key, at);
    return true;
  }

  private remember(row: Exposure, status: TrackStatus): void {
    if (status !== 'accepted' && status !== 'duplicate') return;
    this.logged.set(keyOf(row), row.at);
  }
}

function keyOf({ experiment, variant, unit }: Exposure): string {
  return `${experiment}\n${variant}\n${unit}`;
}

function merged(result: TrackResult, more: Pick<TrackResult, 'duplicates' | 'rejected'>): TrackResult {
  const rejected = { ...more.rejected };
  for (const [reason, count] of Object.entries(result.rejected) as [keyof typeof rejected, number][])
    rejected[reason] = (rejected[reason] ?? 0) + count;
  return { ...result, duplicates: result.duplicates + more.duplicates, rejected };
}
