import type { ModelSignature, OutcomeRow, PredictionRow } from '../../src/contracts';
import { encodeModel, trainLogisticRegression } from '../../src/models';
import type { Stores } from '../../src/stores';
import { many, outcome, prediction } from './rows';
import { seeded } from './streams';

const XS = [-0.9, -0.5, -0.1, 0.1, 0.5, 0.9];

/** The bytes of a model that predicts by the sign of x, or against it; every seed gives other bytes. */
export function modelBytes(seed: number, turned = false): Uint8Array {
  const x = Float64Array.from(XS, (value) => value * (1 + seed / 100));
  const labels = XS.map((value) => (value > 0 === turned ? 0 : 1));
  return encodeModel(trainLogisticRegression({ columns: new Map([['x', x]]), labels }));
}

/** How a version differs from one of the trainer that ships, registered and not trained on logged rows. */
export interface VersionChange {
  readonly trainer?: string;
  readonly dataset?: string;
  readonly signature?: ModelSignature;
  readonly bytes?: Uint8Array;
  readonly state?: 'registered' | 'deleted';
}

/** Registers a version straight in the stores; its number. */
export async function registerVersion(
  { artifacts, registry }: Stores,
  model: string,
  key: string,
  change: VersionChange,
): Promise<number> {
  const { trainer = 'logistic-regression', dataset = null, signature, bytes = modelBytes(1) } = change;
  const { state = 'registered' } = change;
  const artifact = await artifacts.put(bytes);
  const rest = { trainedOn: null, dataset, metrics: {}, ...(signature ? { signature } : {}) };
  return (await registry.register({ model, key, artifact, trainer, state, ...rest })).version;
}

/** How often a version is right. */
export interface Side {
  readonly version: number;
  readonly rows: number;
  readonly right: number;
}

/** Rows of an hour each, from the `start`-th on, with their outcomes: version by version, each right so often. */
export function served(
  start: number,
  sides: readonly Side[],
): { readonly predictions: PredictionRow[]; readonly outcomes: OutcomeRow[] } {
  const random = seeded(start + 1);
  const rows = sides.flatMap(({ version, rows: n, right }) => many(n, (k) => ({ version, isRight: k < right * n })));
  const drawn = rows.map((row) => ({ ...row, x: random() * 2 - 1 }));
  return {
    predictions: drawn.map(({ version, isRight, x }, k) => {
      const label = x > 0 ? 1 : 0;
      const said = isRight ? label : 1 - label;
      return prediction(start + k, { version, features: { x }, score: said === 1 ? 0.9 : 0.1, prediction: said });
    }),
    outcomes: drawn.map(({ x }, k) => outcome(start + k, { label: x > 0 ? 1 : 0, labelTs: prediction(start + k).ts })),
  };
}
