/** A/A tests: two arms that do not differ, looked at every day. Every alarm is a false one. */
import {
  alwaysValidCompare,
  chiSquareSampleRatio,
  compareArms,
  mixtureRatioCompare,
  sequentialSampleRatio,
  spendingBounds,
} from '../../src/statistics';
import type { MetricSums, Spending } from '../../src/statistics';
import { table } from './document';
import { percent, rateOf, standardErrorOf } from './part';
import type { Cell, Limit, Part, Row } from './part';
import type { Random } from './random';

const DAYS = 28;
const USERS_A_DAY = 2_000;
const ALPHA = 0.05;
const ALARM = 0.001;

/** A metric of the experiment. */
interface AaCell extends Cell {
  readonly title: string;
  readonly conversion: number;
  /** Of the logarithm of an order; null: only whether there was one counts. */
  readonly order: { readonly mean: number; readonly deviation: number } | null;
  /** mSPRT: a tenth of the metric is the size of effect that is hoped for. */
  readonly expectedEffect: number;
}

const METRICS: readonly Omit<AaCell, 'repetitions'>[] = [
  { key: 'conversion', title: 'conversion, 5 %', conversion: 0.05, order: null, expectedEffect: 0.005 },
  {
    key: 'revenue',
    title: 'revenue a user',
    conversion: 0.05,
    order: { mean: 3, deviation: 1 },
    expectedEffect: 0.1 * 0.05 * Math.exp(3.5),
  },
];

/** What is looked at, in the order of the table; how it is named there, and where its rate must lie. */
const METHODS: Readonly<Record<string, { readonly title: string; readonly limit: Limit }>> = {
  once: { title: 'z on the last day only', limit: { from: 0.045, to: 0.055 } },
  naive: { title: '**z at 1.96: wrong**', limit: { from: 0.24, to: 0.3 } },
  obrienFleming: { title: "α spending, O'Brien-Fleming type", limit: { from: 0.04, to: 0.055 } },
  pocock: { title: 'α spending, Pocock type', limit: { from: 0.04, to: 0.055 } },
  alwaysValid: { title: 'always-valid confidence sequence', limit: { from: 0, to: 0.05 } },
  oneSided: { title: 'always-valid one-sided bound', limit: { from: 0, to: 0.05 } },
  mixtureRatio: { title: 'mSPRT', limit: { from: 0, to: 0.05 } },
  sampleRatio: { title: 'sequential SRM at .001', limit: { from: 0, to: ALARM } },
  chiSquare: { title: '**χ² SRM at .001: wrong**', limit: { from: 0.004, to: 0.02 } },
};

/** The A/A table. */
export const aa: Part<AaCell> = {
  name: 'aa',
  cells: (small) => METRICS.map((metric) => ({ ...metric, repetitions: small ? 4_000 : 20_000 })),
  simulate: (cell, repetitions, random) => {
    const counts = Object.fromEntries(Object.keys(METHODS).map((method) => [method, 0]));
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      for (const method of experiment(cell, random)) counts[method]! += 1;
    }
    return counts;
  },
  limits: () => Object.fromEntries(Object.entries(METHODS).map(([method, { limit }]) => [method, limit])),
  render,
};

/** Every look has the same information in every repetition, so the bounds are those of one plan, made once. */
const planned = (spending: Spending) => {
  const looks = Array.from({ length: DAYS }, (_, day) => ({
    fraction: (day + 1) / DAYS,
    information: (day + 1) * USERS_A_DAY,
  }));
  return spendingBounds({ alpha: ALPHA, spending, looks }).map((look) => ok(look).bound);
};
let bounds: { readonly obrienFleming: readonly number[]; readonly pocock: readonly number[] } | null = null;

/** One experiment; the methods that alarmed on any day. */
function experiment(cell: AaCell, random: Random): Set<string> {
  bounds ??= { obrienFleming: planned('obrien-fleming'), pocock: planned('pocock') };
  const alarmed = new Set<string>();
  const note = (method: string, alarm: boolean) => alarm && alarmed.add(method);
  const arms = [emptyArm(), emptyArm()] as const;
  const mixingVariance = cell.expectedEffect ** 2;
  for (let day = 0; day < DAYS; day += 1) {
    const treated = random.binomial(USERS_A_DAY, 0.5);
    addDay(arms[0], USERS_A_DAY - treated, cell, random);
    addDay(arms[1], treated, cell, random);
    const [control, treatment] = [sumsOf(arms[0], cell), sumsOf(arms[1], cell)];
    const fixed = ok(compareArms(control, treatment, { law: 'normal', alpha: ALPHA }));
    const z = Math.abs(fixed.statistic);
    note('naive', fixed.significant);
    note('once', day === DAYS - 1 && fixed.significant);
    note('obrienFleming', z >= bounds.obrienFleming[day]!);
    note('pocock', z >= bounds.pocock[day]!);
    note('alwaysValid', ok(alwaysValidCompare(control, treatment, { alpha: ALPHA })).significant);
    const upper = alwaysValidCompare(control, treatment, { alpha: ALPHA, alternative: 'greater' });
    note('oneSided', ok(upper).significant);
    note('mixtureRatio', ok(mixtureRatioCompare(control, treatment, { alpha: ALPHA, mixingVariance })).significant);
    const counts = [arms[0].n, arms[1].n];
    note('sampleRatio', ok(sequentialSampleRatio(counts, [0.5, 0.5])).pValue < ALARM);
    note('chiSquare', ok(chiSquareSampleRatio(counts, [0.5, 0.5])).pValue < ALARM);
  }
  return alarmed;
}

interface ArmSoFar {
  n: number;
  orders: number;
  sum: number;
  sumSquares: number;
}

function emptyArm(): ArmSoFar {
  return { n: 0, orders: 0, sum: 0, sumSquares: 0 };
}

function addDay(arm: ArmSoFar, users: number, { conversion, order }: AaCell, random: Random): void {
  const orders = random.binomial(users, conversion);
  arm.n += users;
  arm.orders += orders;
  for (let k = 0; order !== null && k < orders; k += 1) {
    const value = Math.exp(order.mean + order.deviation * random.normal());
    arm.sum += value;
    arm.sumSquares += value * value;
  }
}

function sumsOf({ n, orders, sum, sumSquares }: ArmSoFar, { order }: AaCell): MetricSums {
  return order === null ? { kind: 'proportion', n, successes: orders } : { kind: 'mean', n, sum, sumSquares };
}

function ok<Result extends { readonly status: string }>(result: Result): Extract<Result, { readonly status: 'ok' }> {
  if (result.status !== 'ok') throw new Error(JSON.stringify(result));
  return result as Extract<Result, { readonly status: 'ok' }>;
}

function within({ from, to }: Limit): string {
  const [low, high] = [from, to].map((share) => String(Number((100 * share).toFixed(4))));
  return from === 0 ? `≤ ${high} %` : `${low}–${high} %`;
}

function render(rows: readonly Row<AaCell>[]): string {
  const lines = Object.entries(METHODS).map(([method, { title, limit }]) => [
    title,
    within(limit),
    ...rows.map((row) => percent(rateOf(row, method))),
  ]);
  const { repetitions } = rows[0]!;
  const errors = [0.05, 0.001].map((rate) => percent(standardErrorOf(rate, repetitions), 3));
  return `## A/A tests: two arms that do not differ

${DAYS} daily looks, ${USERS_A_DAY} users a day split at random, ${repetitions} repetitions, α = ${ALPHA}: the share of experiments in which a
method alarmed on any day (but for the first row).

${table(['method', 'must be', ...rows.map((row) => row.cell.title)], lines)}

- Standard error of a simulated rate: ${errors[0]} at 5 %, ${errors[1]} at .1 %.
- Rows are drawn as sums: the split and the conversions of a day are binomial, a user's order is lognormal with σ = 1 (the
  revenue of a user, mostly 0, has a skewness of 20). All methods see the same data.
- Every look has the same information in every experiment (its users), so the bounds of α spending are computed once.
- The sequences keep room for looks after day 28 and between days, hence their lower rates. A one-sided bound alarms on
  one side only.
`;
}
