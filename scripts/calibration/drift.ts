/** Every method of drift where nothing drifted: how often p < .05, and how often the whole decision says drift. */
import { DRIFT_METHODS, driftState, featureReference, judgeFeature } from '../../src/statistics';
import type { DriftMethod, FeatureDrift } from '../../src/statistics';
import { table } from './document';
import { evidentlyRows, EVIDENTLY } from './evidently';
import { percent, rateOf } from './part';
import type { Cell, Counts, Limit, Part, Row } from './part';
import { randomOf } from './random';
import type { Random } from './random';
import { columnOf, LAWS, valuesOf } from './samples';
import type { LawName } from './samples';

const ALPHA = 0.05;
export const REFERENCE_SIZES = [500, 1_000, 2_000, 10_000] as const;
export const CURRENT_SIZES = [100, 300, 1_000, 5_000] as const;

/** One method on one law at one pair of sizes; `evidently` stands for that package's own choice. */
export interface DriftCell extends Cell {
  readonly law: LawName;
  readonly reference: number;
  readonly current: number;
  readonly method: DriftMethod | typeof EVIDENTLY;
}

/** Methods of a kind of feature, the default first. */
export function methodsOf(law: LawName): DriftMethod[] {
  const names = Object.keys(DRIFT_METHODS) as DriftMethod[];
  const [first, kind] = [defaultOf(law), LAWS[law].kind];
  return [first, ...names.filter((name) => name !== first && DRIFT_METHODS[name].kinds.includes(kind))];
}

function defaultOf(law: LawName): DriftMethod {
  return LAWS[law].kind === 'numeric' ? 'kolmogorov-smirnov' : 'chi-square';
}

/** 10 000 repetitions for a default, fewer where permutations are likely and for what is offered beside it. */
function repetitionsOf(law: LawName, method: DriftMethod, small: boolean): number {
  if (small) return 1_000;
  if (method === defaultOf(law)) return law === 'fifty' ? 4_000 : 10_000;
  return method === 'population-stability' ? 4_000 : 2_000;
}

const laws = Object.keys(LAWS) as LawName[];

function cells(small: boolean): DriftCell[] {
  const references = small ? [500, 2_000] : REFERENCE_SIZES;
  const currents = small ? [100, 1_000] : CURRENT_SIZES;
  return laws.flatMap((law) =>
    references.flatMap((reference) =>
      currents.flatMap((current) =>
        (small ? [defaultOf(law)] : methodsOf(law)).map((method) => ({
          key: `${law}/${reference}/${current}/${method}`,
          law,
          reference,
          current,
          method,
          repetitions: repetitionsOf(law, method, small),
        })),
      ),
    ),
  );
}

/** p, the flag (p and effect), and the state after two batches; the second is drawn only where the first is flagged. */
function simulate(cell: DriftCell, repetitions: number, random: Random): Counts {
  const law = LAWS[cell.law];
  const method = cell.method as DriftMethod;
  const second = randomOf(`second/${random.uint32()}`);
  const counts = { significant: 0, flagged: 0, drift: 0 };
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const reference = featureReference('x', columnOf(law, valuesOf(law, cell.reference, random)), { kind: law.kind });
    const judged = (stream: Random) =>
      judgeFeature(reference, columnOf(law, valuesOf(law, cell.current, stream)), { method, seed: repetition });
    const first = judged(random);
    if (!isSignificant(first)) continue;
    counts.significant += 1;
    if (!isFlagged(first)) continue;
    counts.flagged += 1;
    if (driftState([true, isFlagged(judged(second))]) === 'drift') counts.drift += 1;
  }
  return counts;
}

export function isSignificant(feature: FeatureDrift): boolean {
  if (feature.status !== 'ok') throw new Error(JSON.stringify(feature));
  return feature.pValue < ALPHA;
}

function isFlagged(feature: FeatureDrift): boolean {
  return isSignificant(feature) && feature.status === 'ok' && feature.isLarge;
}

/** KS is a step function of small samples: it may alarm less often than asked, never more. */
function limits({ method }: DriftCell): Readonly<Record<string, Limit>> {
  if (method === EVIDENTLY) return {};
  return { significant: method === 'kolmogorov-smirnov' ? { from: 0, to: 0.055 } : { from: 0.03, to: 0.065 } };
}

/** The drift table. */
export const drift: Part<DriftCell> = {
  name: 'drift',
  cells,
  simulate,
  limits,
  peer: (python, small) =>
    evidentlyRows(
      python,
      small,
      cells(small).filter(({ law, method }) => method === defaultOf(law)),
    ),
  render,
};

function render(rows: readonly Row<DriftCell>[]): string {
  const sections = laws.map((law) => {
    const mine = rows.filter(({ cell }) => cell.law === law);
    const methods = [...methodsOf(law), EVIDENTLY].filter((method) => mine.some(({ cell }) => cell.method === method));
    const pairs = [...new Set(mine.map(({ cell }) => `${cell.reference}/${cell.current}`))];
    const lines = pairs.map((pair) => [
      pair.replace('/', ' / '),
      ...methods.map((method) => {
        const row = mine.find(({ cell }) => `${cell.reference}/${cell.current}` === pair && cell.method === method);
        return row === undefined ? '–' : shown(row);
      }),
    ]);
    const head = ['reference / current', ...methods.map((method, k) => (k === 0 ? `**${method}**` : method))];
    return `### ${LAWS[law].title}\n\n${table(head, lines)}`;
  });
  return `## Drift where there is none

Reference and current are drawn from one law. In each cell first the share of repetitions with p < .05 (α is 5 %), then
that of the whole decision, drift after two batches in a row that are both significant and at least as large as the
method's floor. 10 000 repetitions for the default method (in bold; 4 000 with 50 categories), 4 000 for
population-stability, 2 000 for the others. A rate of 5 % is known to ±.43 % by 10 000 repetitions, to ±.68 % by 4 000
and to ±.96 % by 2 000 (95 %). Kolmogorov-Smirnov may lie below 5 %, as its statistic has steps. The last column is Evidently's own default for a column of that size, on the first
samples of the same seeds: the share of batches it calls drift, by whichever test it chose.

${sections.join('\n\n')}`;
}

function shown(row: Row<DriftCell>): string {
  if (row.cell.method === EVIDENTLY) return percent(rateOf(row, 'significant'), 1);
  return `${percent(rateOf(row, 'significant'), 1)}, ${percent(rateOf(row, 'drift'), 2)}`;
}
