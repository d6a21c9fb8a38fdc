import type { StreamRow } from '../../schemas';
import { NO_LABEL, NO_PREDICTION } from '../../stores';
import type { RowQuery, Rows } from '../../stores';
import { columnsOf } from '../replay/scoring';

/** The rows of a stream by column, in (ts, id) order, with what served each: a row store without a database. */
export class MemoryRows {
  readonly n: number;
  readonly ids: readonly string[];
  readonly at: Float64Array;
  readonly label: Uint8Array;
  readonly labelAt: Float64Array;
  readonly value: Float64Array;
  /** Every numeric feature of the stream, whether a row has it or not. */
  readonly columns: ReadonlyMap<string, Float64Array>;
  readonly texts: ReadonlyMap<string, readonly (string | null)[]>;
  readonly version: Int32Array;
  readonly prediction: Uint8Array;
  readonly score: Float64Array;

  constructor(rows: readonly StreamRow[]) {
    this.n = rows.length;
    this.ids = rows.map(({ predictionId }) => predictionId);
    this.at = Float64Array.from(rows, ({ ts }) => Date.parse(ts));
    this.label = Uint8Array.from(rows, ({ label }) => label);
    this.labelAt = Float64Array.from(rows, ({ labelTs }) => Date.parse(labelTs));
    this.value = Float64Array.from(rows, ({ value }) => value ?? Number.NaN);
    this.columns = columnsOf(rows);
    this.texts = textsOf(rows);
    this.version = new Int32Array(rows.length);
    this.prediction = new Uint8Array(rows.length).fill(NO_PREDICTION);
    this.score = new Float64Array(rows.length).fill(Number.NaN);
  }

  /** The first row at or after an instant. */
  indexOf(instant: string): number {
    const at = Date.parse(instant);
    let [low, high] = [0, this.n];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Records what was served. */
  serve(row: number, version: number, prediction: number, score: number): void {
    this.version[row] = version;
    this.prediction[row] = prediction;
    this.score[row] = score;
  }

  /** As the row store reads; ids are there whether they are wanted or not. */
  read(query: Omit<RowQuery, 'target'>): Promise<Rows> {
    const asOf = Date.parse(query.asOf);
    const picked = this.pick(query, asOf);
    const numbers = (column: Float64Array) => Float64Array.from(picked, (row) => column[row]!);
    const known = (row: number) => this.labelAt[row]! <= asOf;
    const { features = false } = query;
    const wanted = (name: string) => (typeof features === 'boolean' ? features : features.includes(name));
    const columns = [...this.columns]
      .filter(([name]) => wanted(name))
      .map(([name, values]) => [name, numbers(values)] as const);
    return Promise.resolve({
      n: picked.length,
      ids: picked.map((row) => this.ids[row]!),
      at: numbers(this.at),
      version: Int32Array.from(picked, (row) => this.version[row]!),
      prediction: Uint8Array.from(picked, (row) => this.prediction[row]!),
      predicted: Float64Array.from(picked, (row) =>
        this.prediction[row] === NO_PREDICTION ? Number.NaN : this.prediction[row]!,
      ),
      score: numbers(this.score),
      label: Uint8Array.from(picked, (row) => (known(row) ? this.label[row]! : NO_LABEL)),
      value: Float64Array.from(picked, (row) => (known(row) ? this.value[row]! : Number.NaN)),
      relevance: null,
      // A feature that no row has is not there.
      columns: new Map(columns.filter(([, values]) => values.some((value) => !Number.isNaN(value)))),
      texts: this.pickTexts(picked, wanted),
    });
  }

  private pick(query: Omit<RowQuery, 'target'>, asOf: number): number[] {
    const picked: number[] = [];
    const end = this.indexOf(query.to);
    for (let row = this.indexOf(query.from); row < end; row += 1) {
      if (query.versions?.includes(this.version[row]!) === false) continue;
      if (query.servedOnly === true && this.prediction[row] === NO_PREDICTION) continue;
      if (query.labelledOnly === true && this.labelAt[row]! > asOf) continue;
      picked.push(row);
    }
    return picked;
  }

  private pickTexts(picked: readonly number[], wanted: (name: string) => boolean): Rows['texts'] {
    const texts = new Map<string, { codes: Int32Array; names: string[] }>();
    for (const [name, values] of this.texts) {
      if (!wanted(name)) continue;
      const codes = new Map<string, number>();
      const mine = Int32Array.from(picked, (row) => {
        const value = values[row]!;
        if (value !== null && !codes.has(value)) codes.set(value, codes.size);
        return value === null ? -1 : codes.get(value)!;
      });
      if (codes.size > 0) texts.set(name, { codes: mine, names: [...codes.keys()] });
    }
    return texts;
  }
}

/** Features that are texts in some row. */
function textsOf(rows: readonly StreamRow[]): Map<string, (string | null)[]> {
  const texts = new Map<string, (string | null)[]>();
  rows.forEach(({ features }, row) => {
    for (const [name, value] of Object.entries(features)) {
      if (typeof value !== 'string') continue;
      const column = texts.get(name) ?? new Array<string | null>(rows.length).fill(null);
      column[row] = value;
      texts.set(name, column);
    }
  });
  return new Map([...texts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
