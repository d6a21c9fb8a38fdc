import type { DesignResult, ExperimentDesign, Instant, Recommendation } from '../../src/contracts';
import { activities, SHORT } from './activities';
import { isSearchable } from './attributes';

/** What was done about a decision, in a word and in a line. */
export interface Action {
  readonly acted: DesignResult['acted'];
  readonly said: string;
}

/** Promotes the winner where the design asks for it. */
export async function act(
  design: ExperimentDesign,
  end: Pick<Recommendation, 'decision' | 'variant'> & { readonly reason: string; readonly at: Instant },
): Promise<Action> {
  const { id, model, environment, criteria, variants } = design;
  if (end.decision !== 'ship') return { acted: 'nothing', said: `nothing: ${end.decision}` };
  const version = variants.find(({ name }) => name === end.variant)?.version;
  if (criteria.onShip !== 'promote' || model === undefined || version === undefined)
    return { acted: 'nothing', said: `nothing: ${end.variant} won, a person ships it` };
  const reason = `experiment ${id}: ${end.reason}`.slice(0, 500);
  await activities(SHORT).decideDeployment(
    {
      target: { model, environment },
      key: `experiment:${id}/end`,
      ...{ reason, who: 'experiment', effectiveAt: end.at, searchable: isSearchable() },
      evidence: [`experiment ${id}`],
      action: { kind: 'promote', version },
    },
    `promote ${end.variant}`,
  );
  return { acted: 'promoted', said: `${end.variant} serves: ${model}@${version}` };
}
