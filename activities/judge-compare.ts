import type { DriftPolicy } from '../src/contracts';
import { judgeFeature } from '../src/statistics';
import type { FeatureReference } from '../src/statistics';
import type { FrozenReference, SeasonReference } from './evidence';
import { pickRows, valuesOf } from './judge-columns';
import type { SubjectColumn, Values } from './judge-columns';
import { isComparable, isSubject, planOf } from './judge-drift';
import type { Comparison, Subject } from './judge-drift';

/** Every subject of a window beside its reference, season key by season key. A key without a reference is left out. */
export function compareColumns(
  columns: readonly SubjectColumn[],
  seasons: ReadonlyMap<string, Uint32Array>,
  reference: FrozenReference,
  policy: DriftPolicy,
): Comparison[] {
  return [...seasons].flatMap(([season, rows]) => {
    const accepted = reference.seasons.get(season);
    if (accepted === undefined) return [];
    const before = new Map(referenceSubjects(accepted).map((each) => [keyOf(each), each]));
    const now = new Map(columns.map((each) => [keyOf(each), each]));
    const subjects = new Map<string, Subject>([...before, ...now]);
    return [...subjects].flatMap(([key, subject]) => {
      if (!isSubject(policy, subject)) return [];
      const column = now.get(key)?.column;
      const picked = column === undefined ? undefined : pickRows(column, rows);
      const sizes = [accepted.rows, rows.length] as const;
      return [compareOne({ ...subject, season, sizes }, before.get(key)?.reference, picked, policy)];
    });
  });
}

/** A subject with its reference. */
type ReferenceSubject = Subject & { readonly reference: FeatureReference };

/** What a season's reference has values of. */
function referenceSubjects({ features, prediction, score }: SeasonReference): ReferenceSubject[] {
  const named = (of: Subject['of'], reference: FeatureReference | null): ReferenceSubject[] =>
    reference === null || reference.kind === 'empty'
      ? []
      : [{ of, feature: of === 'feature' ? reference.name : of, kind: reference.kind, reference }];
  return [
    ...features.flatMap((each) => named('feature', each)),
    ...named('prediction', prediction),
    ...named('score', score),
  ];
}

function keyOf({ of, feature, kind }: Subject): string {
  return [of, kind, feature].join('\n');
}

function compareOne(
  { sizes: rows, season, of, feature, kind }: Subject & { season: string; sizes: readonly [number, number] },
  reference: FeatureReference | undefined,
  column: Values | undefined,
  policy: DriftPolicy,
): Comparison {
  const before = reference === undefined ? 0 : reference.rows - reference.missing;
  const n = [before, column === undefined ? 0 : valuesOf(column)] as const;
  const facts = { of, feature, kind, season, rows, n };
  if (reference === undefined || !isComparable(policy, facts, n)) return { ...facts, found: null };
  const judged = judgeFeature(reference, column, planOf(policy, facts));
  if (judged.status !== 'ok') return { ...facts, found: null };
  const { driftMethod: method, statistic, pValue, effect, floor } = judged;
  return { ...facts, found: { method, statistic, pValue, effect: effect.value, floor, errorBound: 0 } };
}
