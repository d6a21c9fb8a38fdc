import { encodeModel } from '../../src/models';

/** A model that gives every row the same score; another intercept is another artifact. */
export function modelBytes(intercept: number): Uint8Array {
  const format = 'loopwright/logistic-regression@1';
  return encodeModel({ format, features: [], coefficients: [], intercept, trainedRows: 2 });
}
