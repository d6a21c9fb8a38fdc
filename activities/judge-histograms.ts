import type { DriftPolicy, DriftSummary, NumberCells, TaskKind, TextCounts } from '../src/contracts';
import { judgeHistogram } from '../src/statistics';
import type { FeatureReference } from '../src/statistics';
import type { FrozenReference, SeasonReference } from './evidence';
import { isComparable, isSubject, planOf } from './judge-drift';
import type { Comparison, Subject } from './judge-drift';

/** Counts of a subject. */
type Counts = NumberCells | TextCounts;

/** A subject on either side, or on one of them. */
interface Pair extends Subject {
  readonly reference: FeatureReference | null;
  readonly current: Counts | null;
}

/** Every subject of a window's summary beside its reference, season key by season key, as `compareColumns` does it. */
export function compareSummaries(
  seasons: ReadonlyMap<string, DriftSummary>,
  reference: FrozenReference,
  policy: DriftPolicy,
  task: TaskKind,
): Comparison[] {
  return [...seasons].flatMap(([season, summary]) => {
    const accepted = reference.seasons.get(season);
    if (accepted === undefined) return [];
    const rows = [accepted.rows, summary.rows] as const;
    return pairsOf(accepted, summary, task)
      .filter((pair) => isSubject(policy, pair))
      .map((pair) => compareOne(pair, season, rows, policy));
  });
}

function compareOne(
  { reference, current, ...subject }: Pair,
  season: string,
  rows: readonly [number, number],
  policy: DriftPolicy,
): Comparison {
  const before = reference === null ? 0 : reference.rows - reference.missing;
  const n = [before, current?.n ?? 0] as const;
  const facts = { ...subject, season, rows, n };
  if (reference === null || !isComparable(policy, subject, n)) return { ...facts, found: null };
  const judged = judgeHistogram(reference, current, planOf(policy, subject));
  if (judged.status !== 'ok') return { ...facts, found: null };
  const { driftMethod: method, statistic, pValue, effect, floor, errorBound } = judged;
  return { ...facts, found: { method, statistic, pValue, effect: effect.value, floor, errorBound } };
}

function pairsOf(accepted: SeasonReference, summary: DriftSummary, task: TaskKind): Pair[] {
  const pairs = new Map<string, Pair>();
  const join = (subject: Subject, change: Partial<Pick<Pair, 'reference' | 'current'>>): void => {
    const key = [subject.of, subject.kind, subject.feature].join('\n');
    pairs.set(key, { reference: null, current: null, ...pairs.get(key), ...subject, ...change });
  };
  const before = (of: Subject['of'], reference: FeatureReference | null): void => {
    if (reference === null || reference.kind === 'empty') return;
    join({ of, feature: of === 'feature' ? reference.name : of, kind: reference.kind }, { reference });
  };
  const now = (of: Subject['of'], feature: string, current: Counts | null): void => {
    if (current !== null) join({ of, feature, kind: 'low' in current ? 'numeric' : 'categorical' }, { current });
  };
  for (const reference of accepted.features) before('feature', reference);
  before('prediction', accepted.prediction);
  before('score', accepted.score);
  for (const { feature, numbers, texts } of summary.features) {
    now('feature', feature, numbers);
    now('feature', feature, texts);
  }
  const { prediction } = summary;
  if (task === 'regression') now('prediction', 'prediction', prediction);
  if (task === 'binary' && prediction !== null) now('prediction', 'prediction', classesOf(prediction));
  now('score', 'score', summary.score);
  return [...pairs.values()];
}

/** Classes are categories, as they are where rows are read. */
function classesOf({ n, low, counts }: NumberCells): TextCounts {
  const classes = new Map(Array.from(low, (value, cell) => [String(value), counts[cell]!] as const));
  return { n, counts: classes, other: 0, placeOf: (text) => text };
}
