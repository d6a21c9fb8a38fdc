import { Binary } from 'mongodb';
import type { ModelTarget } from '../../contracts';
import { digestOf } from '../unique-batch';
import { packCells, unpackCells } from './cells';
import type { Cells } from './cells';
import { HourSums } from './hour-sums';
import type { SubjectSums } from './hour-sums';
import type { SliceSums } from './slice-sums';
import { HOUR_MS } from './segment-sums';

/** What a bucket is about: traffic and its parts, or the distribution of something. */
export type BucketKind = 'all' | 'slice' | 'rest' | 'feature' | 'prediction' | 'score';

/** Those that metrics are computed from. */
export const TRAFFIC_KINDS: readonly BucketKind[] = ['all', 'slice', 'rest'];
export const SUBJECT_KINDS: readonly BucketKind[] = ['feature', 'prediction', 'score'];

/** Sums of one hour of one version, about one thing. The same rows give the same bytes, in whatever order they came. */
export interface MonitorBucket extends ModelTarget {
  readonly _id: string;
  readonly version: number;
  /** Start of the hour in which the predictions were served. */
  readonly at: Date;
  readonly kind: BucketKind;
  /** The segment key of a slice or of what is left of a key. */
  readonly key?: string;
  /** The slice or the feature. */
  readonly name?: string;
  /** By name in code-unit order; the names are those of `terms.ts`. */
  readonly counts?: Readonly<Record<string, number>>;
  readonly sums?: Readonly<Record<string, string>>;
  readonly scores?: Binary;
  /** When the newest standing label became known. */
  readonly newestLabel?: Date;
  readonly numbers?: Binary;
  /** Pairs, because a text is data and no name of a field. */
  readonly texts?: readonly (readonly [string, number])[];
  readonly other?: number;
}

/** Where a bucket belongs. */
export interface BucketPlace extends ModelTarget {
  readonly version: number;
  /** Hours since 1970. */
  readonly hour: number;
}

/** The buckets of an hour's sums; what comes to nothing has none. */
export function bucketsOf(place: BucketPlace, sums: HourSums, kinds: readonly BucketKind[]): MonitorBucket[] {
  const buckets: (MonitorBucket | null)[] = [traffic(place, { kind: 'all' }, sums.all)];
  for (const [key, { slices, rest }] of sums.keys) {
    for (const [name, slice] of slices) buckets.push(traffic(place, { kind: 'slice', key, name }, slice));
    buckets.push(traffic(place, { kind: 'rest', key }, rest));
  }
  for (const [name, subject] of sums.features) buckets.push(subjectBucket(place, { kind: 'feature', name }, subject));
  buckets.push(subjectBucket(place, { kind: 'prediction' }, sums.prediction));
  buckets.push(subjectBucket(place, { kind: 'score' }, sums.score));
  return buckets.filter((bucket) => bucket !== null && kinds.includes(bucket.kind)) as MonitorBucket[];
}

type About = Pick<MonitorBucket, 'kind' | 'key' | 'name'>;

function placed({ model, environment, version, hour }: BucketPlace, about: About): MonitorBucket {
  const at = new Date(hour * HOUR_MS);
  const parts = [model, environment, version, at.toISOString(), about.kind, about.key ?? null, about.name ?? null];
  return { _id: digestOf(parts).toString('hex').slice(0, 32), model, environment, version, at, ...about };
}

function traffic(place: BucketPlace, about: About, sums: SliceSums): MonitorBucket | null {
  if (sums.of('served') === 0) return null;
  const exact = [...sums.sums].map(([name, sum]) => [name, sum.toText()] as const).filter(([, text]) => text !== '');
  return {
    ...placed(place, about),
    counts: Object.fromEntries(sorted(sums.counts)),
    sums: Object.fromEntries(sorted(exact)),
    ...(sums.scores.size === 0 ? {} : { scores: new Binary(packCells(sums.scores)) }),
    ...(about.kind === 'all' && sums.newestLabel > -Infinity ? { newestLabel: new Date(sums.newestLabel) } : {}),
  };
}

function subjectBucket(place: BucketPlace, about: About, { numbers, texts, other }: SubjectSums): MonitorBucket | null {
  if (numbers.size === 0 && texts.size === 0 && other === 0) return null;
  return {
    ...placed(place, about),
    ...(numbers.size === 0 ? {} : { numbers: new Binary(packCells(numbers)) }),
    ...(texts.size === 0 ? {} : { texts: sorted(texts) }),
    ...(other === 0 ? {} : { other }),
  };
}

function sorted<T>(entries: Iterable<readonly [string, T]>): (readonly [string, T])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Adds a bucket to the sums of its hour, or of many hours.
 * @param packed whether cells stay packed, to be merged at once
 */
export function addBucket(sums: HourSums, bucket: MonitorBucket, packed = false): void {
  if (bucket.kind === 'all') addTraffic(sums.all, bucket, packed);
  else if (bucket.kind === 'slice') addTraffic(sums.key(bucket.key!).slice(bucket.name!), bucket, packed);
  else if (bucket.kind === 'rest') addTraffic(sums.key(bucket.key!).rest, bucket, packed);
  else if (bucket.kind === 'feature') addSubject(sums.feature(bucket.name!), bucket, packed);
  else addSubject(sums[bucket.kind], bucket, packed);
}

function addTraffic(sums: SliceSums, bucket: MonitorBucket, packed: boolean): void {
  const { counts, sums: exact, scores, newestLabel } = bucket;
  for (const name in counts) sums.counts.set(name, sums.of(name) + counts[name]!);
  for (const name in exact) sums.sum(name).addText(exact[name]!);
  if (scores !== undefined) addCells(scores, sums.scores, packed ? sums.packed : null);
  if (newestLabel !== undefined) sums.newestLabel = Math.max(sums.newestLabel, newestLabel.getTime());
}

function addSubject(sums: SubjectSums, { numbers, texts, other }: MonitorBucket, packed: boolean): void {
  if (numbers !== undefined) addCells(numbers, sums.numbers, packed ? sums.packed : null);
  for (const [text, n] of texts ?? []) sums.text(text, n);
  sums.other += other ?? 0;
}

function addCells({ buffer, position }: Binary, cells: Cells, packed: Uint8Array[] | null): void {
  const bytes = buffer.subarray(0, position);
  if (packed === null) unpackCells(bytes, cells);
  else packed.push(bytes);
}

/** The sums that buckets of one hour hold. */
export function sumsOf(buckets: Iterable<MonitorBucket>): HourSums {
  const sums = new HourSums();
  for (const bucket of buckets) addBucket(sums, bucket);
  return sums;
}
