/** Whole experiments, simulated from their sums: looked at as the workflow does, decided by what it decides with. */
import { analyseSums } from '../../activities/experiment-analysis';
import { randomOf } from '../../scripts/calibration/random';
import type { Random } from '../../scripts/calibration/random';
import type { ExperimentDesign, Recommendation, UnitSums } from '../../src/contracts';
import { decideDesign } from '../../src/domain/experiment-decision';
import { designOf } from '../support/design-input';
import { analysisInput, experimentSums, shareSums } from '../support/experiment-sums';

const event = { kind: 'event', event: 'order' } as const;
const metrics = [
  { name: 'orders', role: 'success', type: 'proportion', source: event },
  { name: 'errors', role: 'guardrail', type: 'mean', source: event, direction: 'lower-is-better', margin: 0.05 },
] as const;
const weekly = designOf({ metrics: [...metrics] });
const daily = designOf({ metrics: [...metrics], sequential: { kind: 'always-valid' } });
const [DAYS, DAY_MS, PER_DAY] = [28, 86_400_000, 400];

/** What is true of the treatment. */
interface Truth {
  readonly orders: number;
  readonly errors: number;
  readonly share: number;
}
const same: Truth = { orders: 0.2, errors: 10, share: 0.5 };

/** Running sums of an arm. */
interface Running {
  n: number;
  successes: number;
  sum: number;
  squares: number;
}

function addDay(arm: Running, n: number, { orders, errors }: Pick<Truth, 'orders' | 'errors'>, random: Random): void {
  const deviation = 4;
  arm.successes += random.binomial(n, orders);
  const mean = errors + (deviation / Math.sqrt(n)) * random.normal();
  // χ² with n − 1 degrees of freedom, nearly.
  const within = deviation ** 2 * (n - 1 + Math.sqrt(2 * (n - 1)) * random.normal());
  arm.squares += within + n * mean ** 2;
  arm.sum += n * mean;
  arm.n += n;
}

function sumsOf({ n, successes, sum, squares }: Running): UnitSums[] {
  const mean = sum / n;
  return [
    shareSums(successes, n),
    { n, meanY: mean, m2Y: Math.max(0, squares - n * mean ** 2), meanX: 0, m2X: 0, cXY: 0 },
  ];
}

/** One experiment day by day: a look where the plan has one, a check on every other day. */
function run(design: ExperimentDesign, truth: Truth, name: string): Recommendation['decision'] {
  const random = randomOf(name);
  const arms = [0, 1].map((): Running => ({ n: 0, successes: 0, sum: 0, squares: 0 }));
  const planned = design.sequential.kind === 'spending' ? design.sequential.looks : DAYS;
  const previous: { k: number; units: number }[] = [];
  let previousSampleRatioP = 1;
  for (let day = 1; day <= DAYS; day += 1) {
    const treated = random.binomial(PER_DAY, truth.share);
    addDay(arms[0]!, PER_DAY - treated, same, random);
    addDay(arms[1]!, treated, truth, random);
    const isLook = day % (DAYS / planned) === 0;
    const [kind, k] = isLook ? (['look', (day * planned) / DAYS] as const) : (['check', null] as const);
    const sums = experimentSums(design, arms.map(sumsOf));
    const input = analysisInput(design, { kind, k, planned, previous: [...previous], previousSampleRatioP });
    const analysis = analyseSums(sums, input);
    const progress = { kind, isLast: day === DAYS, elapsedMs: day * DAY_MS, dropped: [] };
    const { decision } = decideDesign(analysis, design, progress);
    if (decision !== 'continue') return decision;
    previousSampleRatioP = analysis.sampleRatio.sequentialP;
    if (k !== null) previous.push({ k, units: day * PER_DAY });
  }
  throw new Error('the last look decides');
}

function decisions(design: ExperimentDesign, truth: Truth, runs: number, name: string): Record<string, number> {
  const counts: Record<string, number> = { ship: 0, rollback: 0, stop: 0, invalid: 0, inconclusive: 0 };
  for (let index = 0; index < runs; index += 1) counts[run(design, truth, `${name}/${index}`)]! += 1;
  return counts;
}

test.each([
  ['four weekly looks, daily checks', weekly],
  ['always valid, daily looks', daily],
])('A/A, %s: at most 5 %% of 500 experiments ship', (name, design) => {
  const found = decisions(design, same, 500, `A/A ${name}`);
  expect(found.ship! + found.rollback!).toBeLessThanOrEqual(25);
  expect(found.ship).toBeLessThanOrEqual(25);
  expect(found.stop).toBeLessThanOrEqual(5);
  expect(found.invalid).toBeLessThanOrEqual(1);
  expect(found.inconclusive).toBeGreaterThan(450);
});

describe.each([
  ['four weekly looks', weekly],
  ['always valid', daily],
])('%s', (name, design) => {
  test('a true effect ships, a true harm rolls back', () => {
    expect(decisions(design, { ...same, orders: 0.24 }, 40, `better ${name}`).ship).toBeGreaterThanOrEqual(32);
    expect(decisions(design, { ...same, orders: 0.16 }, 40, `worse ${name}`).rollback).toBeGreaterThanOrEqual(36);
  });

  test('a guardrail that is worse stops, though the success metric is better', () => {
    expect(decisions(design, { ...same, orders: 0.22, errors: 12 }, 40, `harm ${name}`).stop).toBeGreaterThanOrEqual(
      38,
    );
  });

  test('a broken split is invalid', () => {
    expect(decisions(design, { ...same, share: 0.56 }, 40, `split ${name}`).invalid).toBeGreaterThanOrEqual(38);
  });
});
