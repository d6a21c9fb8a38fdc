import { ApplicationFailure } from '@temporalio/common';
import { versionName } from '../src/contracts';
import type { ModelSignature, ProbeReport, RolloutActivities } from '../src/contracts';
import { before, iso, ms } from '../src/domain/time';
import { ModelFormatError } from '../src/models';
import { ArtifactCorruptError } from '../src/stores';
import type { Rows, Stores } from '../src/stores';
import type { Scoring } from './scoring';

/** How far back probes are looked for, nearest first. */
const REACH = ['10s', '10m', '1h', '1d', '7d', '56d'] as const;

type Probe = Parameters<RolloutActivities['probeVersion']>[0];

/** Lets a version score the newest rows; what stands against it is a problem, what a retry may mend is thrown. */
export async function probeVersion(stores: Stores, scoring: Scoring, input: Probe): Promise<ProbeReport> {
  const { target, version, probes } = input;
  const found = await stores.registry.find(target.model, version);
  if (found === null) return { rows: 0, problems: [`${versionName(target.model, version)} is not registered`] };
  try {
    await stores.artifacts.get(found.artifact);
    const rows = probes === 0 ? null : await newestRows(stores, input);
    if (rows === null) return { rows: 0, problems: [] };
    const missing = missingOf(found.signature ?? [], rows).map((words) => `${found.name} takes ${words}`);
    if (missing.length > 0) return { rows: rows.n, problems: missing };
    const scores = await scoring.score(found, rows);
    return { rows: rows.n, problems: problemsOf(found.name, scores, rows.n) };
  } catch (error) {
    const isLasting =
      error instanceof ArtifactCorruptError ||
      error instanceof ModelFormatError ||
      (error instanceof ApplicationFailure && error.nonRetryable === true);
    if (!isLasting) throw error;
    return { rows: 0, problems: [`${found.name} cannot score: ${error.message}`] };
  }
}

/** Up to so many rows of the newest traffic, with their features; null without any. */
async function newestRows(
  stores: Stores,
  { target, until, probes }: Probe,
): Promise<Pick<Rows, 'n' | 'columns' | 'texts'> | null> {
  const newest = await stores.traffic.lastServedAt(target, until);
  if (newest === null) return null;
  const to = iso(ms(newest) + 1);
  for (const reach of REACH) {
    const from = before(to, reach);
    if (reach !== '56d' && (await stores.traffic.countServed(target, { from, to })) < probes) continue;
    const rows = await stores.rows.read({ target, from, to, asOf: to, servedOnly: true, features: true, ids: false });
    return lastOf(rows, probes);
  }
  return null;
}

function lastOf(rows: Rows, probes: number): Pick<Rows, 'n' | 'columns' | 'texts'> {
  const start = Math.max(0, rows.n - probes);
  const columns = [...rows.columns].map(([name, column]) => [name, column.slice(start)] as const);
  const texts = [...rows.texts].map(
    ([name, { codes, names }]) => [name, { codes: codes.slice(start), names }] as const,
  );
  return { n: rows.n - start, columns: new Map(columns), texts: new Map(texts) };
}

/** Features of the signature that the traffic does not have, or has as another type. */
function missingOf(signature: ModelSignature, rows: Pick<Rows, 'n' | 'columns' | 'texts'>): readonly string[] {
  return signature.flatMap(({ name, type }) => {
    const [isNumber, isText] = [rows.columns.has(name), rows.texts.has(name)];
    if (type === 'number' ? isNumber : isText || isNumber) return [];
    if (isText) return [`${name} as a number: the traffic has texts`];
    return [`${name}: none of the ${rows.n} newest rows has it`];
  });
}

function problemsOf(name: string, scores: ArrayLike<number>, n: number): readonly string[] {
  if (scores.length !== n) return [`${name} gave ${scores.length} scores for ${n} rows`];
  const bad = Array.from(scores).filter((score) => !(score >= 0 && score <= 1));
  return bad.length === 0 ? [] : [`${name} gave ${bad.length} of ${n} rows no probability, such as ${bad[0]}`];
}
