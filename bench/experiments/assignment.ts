import { statistics } from '../library';
import { shown } from '../monitors/result';
import type { Result } from '../monitors/result';
import { assign } from './library';
import { design } from './traffic';

const UNITS = 1_000_000;
const ROUNDS = 5;
const GOAL = 1_000_000;
const RAMP = [0.05, 0.25, 0.6, 1] as const;

/** Assignments per second on one core, who changes variant while a ramp goes up, and the split that comes of it. */
export function assignments(): Promise<readonly Result[]> {
  const units = Array.from({ length: UNITS }, (_, k) => `user-${k}`);
  const at = (coverage: number): (string | null)[] => {
    const experiment = { design, running: true, coverage, dropped: [] };
    return units.map((unit) => assign(experiment, unit, {}).variant);
  };
  const rates = Array.from({ length: ROUNDS }, () => {
    const started = performance.now();
    at(1);
    return (UNITS / (performance.now() - started)) * 1_000;
  });
  let flips = 0;
  let before = at(RAMP[0]);
  for (const coverage of RAMP.slice(1)) {
    const after = at(coverage);
    before.forEach((variant, k) => {
      if (variant !== null && after[k] !== variant) flips += 1;
    });
    before = after;
  }
  const counts = design.variants.map(({ name }) => before.filter((variant) => variant === name).length);
  const found = statistics.chiSquareSampleRatio(
    counts,
    design.variants.map(({ weight }) => weight),
  );
  const p = found.status === 'ok' ? found.pValue : 0;
  const rate = rates.toSorted((a, b) => a - b)[ROUNDS >> 1]!;
  const line = (work: string, ours: string, goal: string, met: boolean, measured: unknown): Result => ({
    ...{ work, ours, against: null, ratio: null, goal, met, measured },
  });
  return Promise.resolve([
    line('assignments on one core', `${shown(rate)} per second`, `≥ ${shown(GOAL)}`, rate >= GOAL, rates),
    line('units that changed variant, 1e6 over three ramps', String(flips), '0', flips === 0, flips),
    line('split of 1e6 units, χ²', `p ${p.toPrecision(3)} (${counts.join(' : ')})`, 'p > .001', p > 0.001, {
      counts,
      p,
    }),
  ]);
}
