import type { OutcomeRow, PredictionRow } from '../../src/contracts';
import { encodeModel, trainLogisticRegression } from '../../src/models';
import type { RetrainSpecInput } from '../../src/schemas';
import type { TestLoop } from './environment';
import { hour, many, outcome, prediction } from './rows';
import { seeded } from './streams';

/** Hours of traffic in the fixture. */
export const HOURS = 480;

/** What the label of row k is: it follows the sign of x, or the opposite. */
export type World = 'as-trained' | 'turned' | 'one-class';

/** Rows with one informative feature; the champion of the fixture predicts by the sign of x. */
export function traffic(world: World, n = HOURS): { predictions: PredictionRow[]; outcomes: OutcomeRow[] } {
  const random = seeded(1);
  const xs = many(n, () => random() * 2 - 1);
  const label = (x: number) => (world === 'one-class' ? 0 : x > 0 === (world === 'as-trained') ? 1 : 0);
  return {
    predictions: xs.map((x, k) =>
      prediction(k, { features: { x }, score: x > 0 ? 0.9 : 0.1, prediction: x > 0 ? 1 : 0 }),
    ),
    outcomes: xs.map((x, k) => outcome(k, { label: label(x) })),
  };
}

/** Registers and deploys the champion and logs the traffic; returns what a retraining is asked for with. */
export async function prepareRetraining(loop: TestLoop, model: string, world: World): Promise<RetrainSpecInput> {
  const target = { model };
  const x = Float64Array.from([-0.9, -0.5, -0.1, 0.1, 0.5, 0.9]);
  const artifact = encodeModel(trainLogisticRegression({ columns: new Map([['x', x]]), labels: [0, 0, 0, 1, 1, 1] }));
  const { version } = await loop.client.models.register({ model, key: 'first', artifact });
  await loop.client.deployments.deploy(target, version, { who: 'test', reason: 'first', effectiveAt: hour(0) });
  const { predictions, outcomes } = traffic(world);
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
