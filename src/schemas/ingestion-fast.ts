import { MINTED_ID_PATTERN } from '../contracts';
import type { NewPrediction, OutcomeRow } from '../contracts';
import { isFeatures, isPlain } from './features';
import { utcInstant } from './instant-fast';

/**
 * The quick way for rows that are right, which almost all are: a check by hand, ten times as quick as the schema. It
 * says yes only where the schema does, with the same row; about any other row the schema decides and explains.
 */

/** A character that is half of a pair: MongoDB would store another in its place. The first look is a quick one. */
function hasHalfCharacter(text: string): boolean {
  return /[\ud800-\udfff]/.test(text) && /\p{Surrogate}/u.test(text);
}

/** The prediction as the schema would give it, or null where the schema must look. */
export function passPrediction(row: unknown): NewPrediction | null {
  if (!isRecord(row)) return null;
  for (const key in row) if (!isPredictionField(key)) return null;
  const { predictionId, ts, features, version, score, prediction, unit } = row;
  if (predictionId !== undefined && !isCallersId(predictionId)) return null;
  if (!isWhole(version, 2_147_483_647)) return null;
  if (score !== null && !(typeof score === 'number' && score >= 0 && score <= 1)) return null;
  if (prediction !== null && !Number.isFinite(prediction)) return null;
  if (unit !== undefined && !isText(unit)) return null;
  const instant = utcInstant(ts);
  if (instant === null || !isFeatures(features)) return null;
  return (instant === ts ? row : { ...row, ts: instant }) as unknown as NewPrediction;
}

/** The prediction of a caller that gives ids. */
export function passNamedPrediction(row: unknown): NewPrediction | null {
  const passed = passPrediction(row);
  return passed?.predictionId === undefined ? null : passed;
}

/** The outcome as the schema would give it, or null where the schema must look. */
export function passOutcome(row: unknown): OutcomeRow | null {
  if (!isRecord(row)) return null;
  for (const key in row) if (!isOutcomeField(key)) return null;
  const { predictionId, label, labelTs, revision, value, relevance } = row;
  if (!isText(predictionId) || hasHalfCharacter(predictionId)) return null;
  if (label === undefined && value === undefined && relevance === undefined) return null;
  if (label !== undefined && label !== 0 && label !== 1) return null;
  if (revision !== undefined && !isWhole(revision, 1_000_000)) return null;
  if (value !== undefined && !Number.isFinite(value)) return null;
  if (relevance !== undefined && !isRelevance(relevance)) return null;
  const instant = utcInstant(labelTs);
  if (instant === null) return null;
  return (instant === labelTs ? row : { ...row, labelTs: instant }) as unknown as OutcomeRow;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && isPlain(value);
}

function isPredictionField(key: string): boolean {
  switch (key) {
    case 'predictionId':
    case 'ts':
    case 'features':
    case 'version':
    case 'score':
    case 'prediction':
    case 'unit':
      return true;
    default:
      return false;
  }
}

function isOutcomeField(key: string): boolean {
  switch (key) {
    case 'predictionId':
    case 'label':
    case 'labelTs':
    case 'revision':
    case 'value':
    case 'relevance':
      return true;
    default:
      return false;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= 200;
}

function isCallersId(value: unknown): boolean {
  return isText(value) && !hasHalfCharacter(value) && !MINTED_ID_PATTERN.test(value);
}

function isWhole(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function isRelevance(value: unknown): boolean {
  if (!Array.isArray(value) || value.length < 1 || value.length > 1_000) return false;
  for (const gain of value as unknown[]) if (!(Number.isFinite(gain) && (gain as number) >= 0)) return false;
  return true;
}
