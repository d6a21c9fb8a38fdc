import type { OutcomeRow, PredictionRow } from '../../src/contracts';
import { encodeModel, trainLogisticRegression } from '../../src/models';
import type { RetrainSpecInput } from '../../src/schemas';
import type { TestLoop } from './environment';
import { hour, many, outcome, prediction } from './rows';
import { seeded } from './streams';

/** Hours of traffic in the fixture. */
export const HOURS = 480;
/** Hours of it after a retraining was asked for. */
const AFTER = 400;

/** What the label of row k is: it follows the sign of x, or the opposite. */
export type World = 'as-trained' | 'turned' | 'one-class';

/** Rows with one informative feature; the champion of the fixture predicts by the sign of x. */
export function traffic(world: World, n = HOURS, seed = 1): { predictions: PredictionRow[]; outcomes: OutcomeRow[] } {
  const random = seeded(seed);
  const xs = many(n, () => random() * 2 - 1);
  const label = (x: number) => (world === 'one-class' ? 0 : x > 0 === (world === 'as-trained') ? 1 : 0);
  return {
    predictions: xs.map((x, k) =>
      prediction(k, { features: { x }, score: x > 0 ? 0.9 : 0.1, prediction: x > 0 ? 1 : 0 }),
    ),
    outcomes: xs.map((x, k) => outcome(k, { label: label(x) })),
  };
}

/**
 * Registers and deploys the champion and logs the traffic; returns what a retraining is asked for with.
 * @param seed another gives other rows, and so a challenger of other bytes
 */
export async function prepareRetraining(
  loop: TestLoop,
  model: string,
  world: World,
  seed = 1,
): Promise<RetrainSpecInput> {
  const target = { model };
  const x = Float64Array.from([-0.9, -0.5, -0.1, 0.1, 0.5, 0.9]);
  const artifact = encodeModel(trainLogisticRegression({ columns: new Map([['x', x]]), labels: [0, 0, 0, 1, 1, 1] }));
  const { version } = await loop.client.models.register({ model, key: 'first', artifact });
  await loop.client.deployments.deploy(target, version, { who: 'test', reason: 'first', effectiveAt: hour(0) });
  const { predictions, outcomes } = traffic(world, HOURS, seed);
  await loop.client.predictions.log(target, predictions);
  await loop.client.outcomes.log(target, outcomes);
  return {
    model,
    key: `${model}/1`,
    clock: 'data',
    at: hour(HOURS),
    reasons: ['asked for by a test'],
    metric: 'accuracy',
    labelMaturity: '1d',
    policy: { lookback: '15d', holdout: '3d' },
    experiment: { duration: '7d', allocation: 0.5, salt: 's' },
  };
}

/**
 * Logs what comes after the retraining was asked for: versions 1 and 2 by turns, the first by the sign of x, the second
 * against it, so that in either world one of them is always right.
 */
export async function logAfter(loop: TestLoop, model: string, world: 'as-trained' | 'turned'): Promise<void> {
  const random = seeded(2);
  const rows = many(AFTER, (index) => ({ k: HOURS + index, x: random() * 2 - 1, version: (index % 2) + 1 }));
  const positive = (x: number, turned: boolean) => (x > 0 === turned ? 0 : 1);
  await loop.client.predictions.log(
    { model },
    rows.map(({ k, x, version }) => {
      const said = positive(x, version === 2);
      return prediction(k, { version, features: { x }, score: said === 1 ? 0.9 : 0.1, prediction: said });
    }),
  );
  await loop.client.outcomes.log(
    { model },
    rows.map(({ k, x }) => outcome(k, { label: positive(x, world === 'turned'), labelTs: hour(k) })),
  );
}
