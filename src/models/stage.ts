import type { Stage } from '../contracts';
import { trainLogisticRegression } from './logistic-regression';
import { decodeModel, encodeModel, scoreRows } from './model';

/** The trainer that ships, as a stage. */
export const logisticRegressionStage: Stage = {
  train: (rows) => Promise.resolve(encodeModel(trainLogisticRegression(rows))),
  score: (artifact, rows) => Promise.resolve(scoreRows(decodeModel(artifact), rows.columns, rows.n)),
};
