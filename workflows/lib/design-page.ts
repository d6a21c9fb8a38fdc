import { maturityMs, plannedLooksOf } from '../../src/domain/experiment-schedule';
import { ms } from '../../src/domain/time';
import { facts, plain, showDetails, showState, table } from './attributes';
import type { Design } from './design';

/** The experiment on its page in the Temporal UI. */
export function showDesign(experiment: Design): void {
  const { design, state, result } = experiment;
  const { start, end, plan } = state;
  const planned = start === null || end === null ? null : plannedLooksOf(design, ms(end) - ms(start));
  const looks = state.lastCheck === null ? state.looks : [...state.looks, state.lastCheck];
  const arms = design.variants.map(({ name, weight }) => `${name} ${weight}`).join(', ');
  showDetails([
    `**${plain(design.hypothesis)}**`,
    ...facts([
      ['variants', arms],
      ['metrics', design.metrics.map(({ name, role }) => `${name} (${role})`).join(', ')],
      ['exposure', start === null ? null : `${start} to ${end ?? 'open'}`],
      ['share of traffic', state.coverage],
      ['dropped', listOf(state.dropped)],
      ['looks', planned === null ? null : `${state.looks.at(-1)?.k ?? 0} of ${planned}`],
      ['next', describe(experiment)],
      ['units are judged after', `${maturityMs(design) / 3_600_000} h`],
      ['days needed', plan?.daysNeeded ?? null],
      ['warnings', listOf(plan?.warnings ?? [])],
      ['decision', result === null ? null : `${result.decision}: ${result.reasons.join('; ')}`],
    ]),
    ...table(
      ['what', 'at', 'units', 'sample ratio p', 'says', 'because'],
      looks.map(({ kind, k, at, units, sampleRatioP, recommendation: { decision, reasons } }) => [
        ...[k === null ? kind : `look ${k}`, at, units, sampleRatioP, decision, reasons.join('; ').slice(0, 160)],
      ]),
    ),
  ]);
  const shown = result?.decision ?? state.phase;
  if (experiment.shown !== shown) showState(shown);
  experiment.shown = shown;
}

function describe(experiment: Design): string | null {
  const next = experiment.next();
  return next === null ? null : `${next.kind} at ${next.at}`;
}

function listOf(items: readonly string[]): string | null {
  return items.length === 0 ? null : items.join('; ');
}
