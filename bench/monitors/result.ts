/** One line of the table. */
export interface Result {
  readonly work: string;
  /** With its unit. */
  readonly ours: string;
  /** What it is measured beside, with its figure. */
  readonly against: string | null;
  readonly ratio: number | null;
  /** Null where nothing is promised. */
  readonly goal: string | null;
  readonly met: boolean | null;
  /** What was measured, unrounded. */
  readonly measured: unknown;
  /** Lines to be printed beneath. */
  readonly notes?: readonly string[];
}

/** Two ways to do the same work, by rounds: higher is better. */
export interface Rates {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** A ratio of medians, and how large it should be at least. */
export function atLeast(
  work: string,
  unit: string,
  against: string,
  rates: Rates,
  goal: number | null,
  notes: readonly string[] = [],
): Result {
  const [ours, theirs] = [median(rates.ours), median(rates.theirs)];
  const ratio = ours / theirs;
  return {
    work,
    ours: `${shown(ours)} ${unit}`,
    against: `${against}: ${shown(theirs)} ${unit}`,
    ratio,
    goal: goal === null ? null : `≥ ${goal}×`,
    met: goal === null ? null : ratio >= goal,
    measured: rates,
    notes,
  };
}

/** A figure, and how large it may be at most. */
export function atMost(
  work: string,
  figure: { readonly value: number; readonly unit: string; readonly goal: number | null },
  measured: unknown = figure.value,
  notes: readonly string[] = [],
): Result {
  const { value, unit, goal } = figure;
  return {
    work,
    ours: `${shown(value)} ${unit}`,
    against: null,
    ratio: null,
    goal: goal === null ? null : `≤ ${shown(goal)} ${unit}`,
    met: goal === null ? null : value <= goal,
    measured,
    notes,
  };
}

/** Ours and theirs in turn, so that both meet the same machine. */
export async function inTurn(
  rounds: number,
  ours: (round: number) => Promise<number>,
  theirs: (round: number) => Promise<number>,
): Promise<Rates> {
  const rates = { ours: [] as number[], theirs: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    rates.ours.push(await ours(round));
    rates.theirs.push(await theirs(round));
  }
  return rates;
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** Milliseconds that some work takes, and what comes of it. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly result: T }> {
  const started = performance.now();
  const result = await work();
  return { ms: performance.now() - started, result };
}

/** Three digits, thousands apart. */
export function shown(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const rounded = Number(value.toFixed(digits));
  return rounded.toLocaleString('en-GB', { maximumFractionDigits: digits }).replaceAll(',', ' ');
}

const HEAD = ['work', 'ours', 'against', 'ratio', 'goal', 'met'];

/** Lines of a Markdown table, with its head first if it is the first. */
export function linesOf({ work, ours, against, ratio, goal, met }: Result, first: boolean): string[] {
  const isMet = met === null ? '–' : met ? 'yes' : '**no**';
  const cells = [work, ours, against ?? '–', ratio === null ? '–' : `${shown(ratio)}×`, goal ?? '–', isMet];
  const head = first ? [HEAD, HEAD.map(() => '---')] : [];
  return [...head, cells].map((line) => `| ${line.join(' | ')} |`);
}
