import type { DriftSummary, SummaryQuery, SummarySettings, WindowSummary } from '../../contracts';
import { addBucket } from './bucket';
import type { MonitorBucket } from './bucket';
import { entry, HourSums } from './hour-sums';
import { HOUR_MS } from './segment-sums';
import type { SumsByHour } from './segment-sums';
import { driftSummary, sliceSummary } from './window-sums';

/** A window's sums while they are put together. */
export class Window {
  private readonly query: SummaryQuery;
  private readonly traffic = new HourSums();
  private readonly seasons = new Map<string, HourSums>();

  constructor(query: SummaryQuery) {
    this.query = query;
  }

  addTraffic(bucket: MonitorBucket): void {
    addBucket(this.traffic, bucket, true);
  }

  /** Counts the rows of a season. */
  addServed(bucket: MonitorBucket): void {
    const { all } = this.season(bucket.at.getTime());
    all.counts.set('served', all.of('served') + bucket.counts!.served!);
  }

  addSubject(bucket: MonitorBucket): void {
    addBucket(this.season(bucket.at.getTime()), bucket, true);
  }

  /** Adds sums of rows: to the traffic, and to the seasons where subjects were summed up, too. */
  addRows(sums: SumsByHour, subjects: boolean): void {
    for (const byHour of sums.values()) {
      for (const [hour, added] of byHour) {
        this.traffic.all.merge(added.all);
        for (const [key, parts] of added.keys) this.traffic.key(key).merge(parts);
        if (subjects) this.season(hour * HOUR_MS).merge(added);
      }
    }
  }

  summary(settings: SummarySettings): WindowSummary {
    for (const key of this.traffic.keys.values()) key.bound();
    const { from, to, asOf, slices } = this.query;
    const keys = slices === true ? [...this.traffic.keys] : [];
    const named = keys.flatMap(([, parts]) => [...parts.slices]).sort(([a], [b]) => (a < b ? -1 : 1));
    const rests = keys.filter(([, { rest }]) => rest.of('served') > 0);
    return {
      from,
      to,
      asOf,
      all: sliceSummary('all', this.traffic.all, settings),
      slices: named.map(([name, sums]) => sliceSummary(name, sums, settings)),
      rests: rests.map(([key, { rest }]) => sliceSummary(key, rest, settings)),
      seasons: new Map([...this.seasons].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, sums]) => [key, drift(sums)])),
    };
  }

  private season(at: number): HourSums {
    const key = this.query.seasonOf?.(at) ?? '';
    return entry(this.seasons, key, () => new HourSums());
  }
}

function drift(sums: HourSums): DriftSummary {
  for (const feature of sums.features.values()) feature.bound();
  return driftSummary(sums);
}
