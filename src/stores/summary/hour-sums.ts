import { namesBeyond } from './bounded';
import { mergeCells } from './cells';
import type { Cells } from './cells';
import { SliceSums } from './slice-sums';

/** Values of a segment key that are kept apart. */
export const MOST_SLICES = 100;
/** Texts of a feature that are kept apart. */
export const MOST_TEXTS = 500;

/** A feature's values by how often they came. */
export class SubjectSums {
  readonly numbers: Cells = new Map();
  /** Numbers of hours that are merged at once, when all of them are there. */
  readonly packed: Uint8Array[] = [];
  readonly texts = new Map<string, number>();
  /** Rows with one of the texts that were too many to be kept apart. */
  other = 0;

  /** Counts rows with a text. */
  text(text: string, by: number): void {
    const total = (this.texts.get(text) ?? 0) + by;
    if (total === 0) this.texts.delete(text);
    else this.texts.set(text, total);
  }

  /** Adds another's values, or takes them away. */
  merge(from: SubjectSums, sign: 1 | -1 = 1): void {
    mergeCells(this.numbers, from.numbers, sign);
    const limit = this.other > 0 ? this.texts.size : MOST_TEXTS;
    for (const [text, n] of from.texts) this.text(text, sign * n);
    this.other += sign * from.other;
    this.bound(Math.max(1, limit));
  }

  /** Moves texts beyond the limit into `other`. */
  bound(limit = MOST_TEXTS): void {
    for (const text of namesBeyond(this.texts.keys(), limit)) {
      this.other += this.texts.get(text)!;
      this.texts.delete(text);
    }
  }
}

/** Parts of the traffic under one segment key. */
export class KeySums {
  readonly slices = new Map<string, SliceSums>();
  /** All values that were too many to be kept apart. */
  readonly rest = new SliceSums();

  /** The sums of a value. */
  slice(name: string): SliceSums {
    let sums = this.slices.get(name);
    if (sums === undefined) this.slices.set(name, (sums = new SliceSums()));
    return sums;
  }

  /** Adds another's parts, or takes them away. */
  merge(from: KeySums, sign: 1 | -1 = 1): void {
    const limit = this.rest.of('served') > 0 ? this.slices.size : MOST_SLICES;
    for (const [name, sums] of from.slices) this.slice(name).merge(sums, sign);
    this.rest.merge(from.rest, sign);
    this.bound(Math.max(1, limit));
  }

  /** Moves values beyond the limit into the rest. */
  bound(limit = MOST_SLICES): void {
    for (const name of namesBeyond(this.slices.keys(), limit)) {
      this.rest.merge(this.slices.get(name)!);
      this.slices.delete(name);
    }
  }
}

/** Everything that is summed up of the rows of an hour. */
export class HourSums {
  readonly all = new SliceSums();
  readonly keys = new Map<string, KeySums>();
  readonly features = new Map<string, SubjectSums>();
  readonly prediction = new SubjectSums();
  readonly score = new SubjectSums();
  /** The newest of the labels that were taken away; the newest that stands may have been among them. */
  newestTaken = Number.NEGATIVE_INFINITY;

  /** The parts under a segment key. */
  key(key: string): KeySums {
    return entry(this.keys, key, () => new KeySums());
  }

  /** The values of a feature. */
  feature(name: string): SubjectSums {
    return entry(this.features, name, () => new SubjectSums());
  }

  /** Adds another's sums, or takes them away. */
  merge(from: HourSums, sign: 1 | -1 = 1): void {
    this.all.merge(from.all, sign);
    for (const [key, sums] of from.keys) this.key(key).merge(sums, sign);
    for (const [name, sums] of from.features) this.feature(name).merge(sums, sign);
    this.prediction.merge(from.prediction, sign);
    this.score.merge(from.score, sign);
  }
}

/** The entry of a map, made when it is not there. */
export function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let found = map.get(key);
  if (found === undefined) map.set(key, (found = make()));
  return found;
}
