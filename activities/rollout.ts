import type { RolloutActivities, RolloutEvidence, RolloutSide } from '../src/contracts';
import { predictLabels } from '../src/models';
import type { Rows, Stores } from '../src/stores';
import { performanceOf, rowsOf } from './performance';
import type { ScoredRows } from './performance';
import { comparePaired, compareSides } from './rollout-tests';
import { probeVersion } from './rollout-probe';
import type { Scoring } from './scoring';

type Comparison = Parameters<RolloutActivities['compareVersions']>[0];

/** What a rollout asks of data. Whether a version goes on is `domain`'s to say. */
export function createRolloutActivities(stores: Stores, scoring: Scoring): RolloutActivities {
  return {
    probeVersion: (input) => probeVersion(stores, scoring, input),
    compareVersions: (input) => (input.shadow ? compareShadow(stores, scoring, input) : compareServed(stores, input)),
  };
}

/** Each version on the rows that it served. */
async function compareServed(stores: Stores, input: Comparison): Promise<RolloutEvidence> {
  const rows = await read(stores, input, [input.champion, input.challenger]);
  const champion = rowsOf(rows, input.champion);
  const challenger = rowsOf(rows, input.challenger);
  return {
    champion: sideOf(input.champion, champion),
    challenger: sideOf(input.challenger, challenger),
    paired: false,
    pValues: Object.fromEntries(
      input.guardrails.map(({ metric }) => [metric, compareSides(metric, champion, challenger)]),
    ),
  };
}

/** Both versions on the rows that the champion served, the new one from the features as they were logged. */
async function compareShadow(stores: Stores, scoring: Scoring, input: Comparison): Promise<RolloutEvidence> {
  const rows = await read(stores, input, [input.champion]);
  const champion = rowsOf(rows, input.champion);
  const version = (await stores.registry.find(input.target.model, input.challenger))!;
  const score = rows.n === 0 ? new Float64Array() : await scoring.score(version, rows);
  const challenger = { ...champion, score, prediction: predictLabels(score) };
  return {
    champion: sideOf(input.champion, champion),
    challenger: sideOf(input.challenger, challenger),
    paired: true,
    pValues: Object.fromEntries(
      input.guardrails.map(({ metric }) => [metric, comparePaired(metric, champion, challenger)]),
    ),
  };
}

async function read(stores: Stores, input: Comparison, versions: readonly number[]): Promise<Rows> {
  const { target, from, to, shadow } = input;
  await stores.labels.fold(target);
  return stores.rows.read({ target, from, to, asOf: to, versions, servedOnly: true, features: shadow, ids: false });
}

function sideOf(version: number, rows: ScoredRows): RolloutSide {
  const positives = rows.prediction.reduce((sum, prediction) => sum + (prediction === 1 ? 1 : 0), 0);
  return { version, rows: rows.n, positives, performance: performanceOf(rows) };
}
