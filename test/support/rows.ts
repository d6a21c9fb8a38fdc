import type { NewPrediction, OutcomeRow, PredictionRow } from '../../src/contracts';

const HOUR = 3_600_000;
const START = Date.parse('2011-08-01T00:00:00.000Z');

/** The k-th hour after 2011-08-01. */
export function hour(k: number): string {
  return new Date(START + k * HOUR).toISOString();
}

/** A served row, one an hour. */
export function prediction(k: number, change: Partial<PredictionRow> = {}): PredictionRow {
  return {
    predictionId: `p${String(k).padStart(5, '0')}`,
    ts: hour(k),
    features: { x: k },
    version: 1,
    score: 0.8,
    prediction: 1,
    ...change,
  };
}

/** The same without an id. */
export function newPrediction(k: number, change: Partial<NewPrediction> = {}): NewPrediction {
  const { predictionId: _predictionId, ...row } = prediction(k);
  return { ...row, ...change };
}

/** Its outcome, a day later. */
export function outcome(k: number, change: Partial<OutcomeRow> = {}): OutcomeRow {
  return {
    predictionId: `p${String(k).padStart(5, '0')}`,
    label: k % 2 === 0 ? 1 : 0,
    labelTs: hour(k + 24),
    ...change,
  };
}

/** n things in a row. */
export function many<T>(n: number, make: (k: number) => T): T[] {
  return Array.from({ length: n }, (_, k) => make(k));
}
