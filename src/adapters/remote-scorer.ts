import type { TrainingRows } from '../contracts';
import { allowanceOf } from '../schemas';
import type { AllowedHost } from '../schemas';
import { askJson, DeliveryError } from './http';
import type { Endpoint } from './http';

/** A service that scores. */
export interface RemoteModel {
  readonly url: string;
  /** In the order in which a row's values are sent. */
  readonly features: readonly string[];
}

/** Scores rows by asking another service. */
export interface RemoteScorer {
  /** The probability of label 1 for each row. */
  score(model: RemoteModel, rows: Pick<TrainingRows, 'n' | 'columns'>): Promise<Float64Array>;
}

const BATCH = 1_000;
/** A score with its comma has less than 32 characters. */
const ANSWER_LIMIT = 64 * BATCH;

/**
 * Asks scorers on the listed hosts, and on no other: POST `{ rows: [[…], …] }`, at most 1 000 rows at once, each with
 * its values in the order of the model's features and null for a missing one; answer `{ scores: […] }`, a probability
 * for each. Redirects are not followed; a private address only with `private: true`.
 * @example createRemoteScorer(['scores.example.com', { host: 'scorer.internal:8080', private: true }])
 */
export function createRemoteScorer(hosts: readonly AllowedHost[]): RemoteScorer {
  return {
    score: async (model, { n, columns }) => {
      const endpoint = endpointOf(model.url, hosts);
      const features = model.features.map((name) => columns.get(name));
      const scores = new Float64Array(n);
      for (let from = 0; from < n; from += BATCH) {
        const length = Math.min(BATCH, n - from);
        const rows = Array.from({ length }, (_, k) => features.map((column) => column?.[from + k] ?? null));
        // JSON has no NaN: a missing value is null.
        const answer = await askJson(endpoint, JSON.stringify({ rows }), ANSWER_LIMIT);
        scores.set(scoresOf(answer, length, endpoint.url.host), from);
      }
      return scores;
    },
  };
}

function endpointOf(address: string, hosts: readonly AllowedHost[]): Endpoint {
  const url = new URL(address);
  const allowance = allowanceOf(address, hosts);
  if (allowance !== null) return { url, allowPrivate: allowance.private };
  const known = hosts.map((entry) => (typeof entry === 'string' ? entry : entry.host)).join(', ') || 'none';
  throw new DeliveryError(`${url.host} is no host of a remote scorer: expected one of remoteScorers (${known})`, true);
}

function scoresOf(answer: unknown, length: number, host: string): readonly number[] {
  const scores: unknown = answer instanceof Object ? Reflect.get(answer, 'scores') : undefined;
  if (!Array.isArray(scores) || scores.length !== length) {
    const found = Array.isArray(scores) ? `${scores.length} scores` : 'no list of scores';
    throw new DeliveryError(`${host} answered ${found}: expected scores, ${length} probabilities`, true);
  }
  const wrong = scores.findIndex((score) => !(typeof score === 'number' && score >= 0 && score <= 1));
  if (wrong < 0) return scores as number[];
  const shown = (JSON.stringify(scores[wrong]) ?? 'missing').slice(0, 80);
  throw new DeliveryError(`${host} answered scores.${wrong} ${shown}: expected a probability`, true);
}
