import { statistics } from '../library';
import { differs, firstOf } from '../row';
import type { Family, Row } from '../row';

/** Effects from small to large, and sizes, each solved once in a measurement. */
const EFFECTS = Array.from({ length: 50 }, (_, k) => 0.05 + 0.01 * k);
const SIZES = Array.from({ length: 50 }, (_, k) => 50 + 40 * k);
const UNITS = 400;
const T = 'tt_ind_solve_power';
const Z = 'NormalIndPower.solve_power';

interface Solver {
  readonly work: string;
  readonly over: readonly number[];
  readonly solve: (value: number) => number;
  readonly peer: { readonly work: string; readonly args: Record<string, unknown>; readonly what: string };
  readonly goal: number | null;
  /** How near the results are; 1e-6 by default. */
  readonly within?: number;
}

function rowOf({ work, over, solve, peer, goal, within = 1e-6 }: Solver): Row {
  return {
    work,
    ours: () => over.map(solve),
    calls: over.length,
    peer: { name: 'statsmodels', ...peer, calls: over.length },
    goal,
    compare: (ours, theirs) => {
      const others = theirs as number[];
      return firstOf((ours as number[]).map((value, k) => differs(`for ${over[k]!}`, value, others[k]!, within)));
    },
  };
}

function* rows(): Generator<Row> {
  const size = (formula: 't' | 'z') => (effectSize: number) => {
    const found = statistics.sampleSizeTwoMeans({ effectSize, formula });
    return found.status === 'ok' ? found.exact : NaN;
  };
  const effect = (n: number) => {
    const found = statistics.detectableEffectTwoMeans({ n });
    return found.status === 'ok' ? found.effect.standardised : NaN;
  };
  const power = (formula: 't' | 'z') => (effectSize: number) => {
    const found = statistics.powerTwoMeans({ effectSize, n: UNITS, formula });
    return found.status === 'ok' ? found.power : NaN;
  };
  const effects = { effects: EFFECTS };
  const sized = { effects: EFFECTS, n: UNITS };
  const solvers: readonly Solver[] = [
    {
      work: 'sample size solved, two means, noncentral t',
      over: EFFECTS,
      solve: size('t'),
      peer: { work: 'sizeT', args: effects, what: T },
      goal: 250,
    },
    {
      work: 'effect solved, two means, noncentral t',
      over: SIZES,
      solve: effect,
      peer: { work: 'effectT', args: { sizes: SIZES }, what: T },
      goal: 250,
      // Its root finder stops where the power is off by 1e-5.
      within: 1e-4,
    },
    {
      work: 'sample size solved, normal',
      over: EFFECTS,
      solve: size('z'),
      peer: { work: 'sizeZ', args: effects, what: Z },
      goal: 250,
    },
    {
      // Nothing is solved here: the law is asked once.
      work: 'power at a size, noncentral t',
      over: EFFECTS,
      solve: power('t'),
      peer: { work: 'powerT', args: sized, what: T },
      goal: null,
    },
    {
      work: 'power at a size, normal',
      over: EFFECTS,
      solve: power('z'),
      peer: { work: 'powerZ', args: sized, what: Z },
      goal: null,
    },
  ];
  for (const solver of solvers) yield rowOf(solver);
}

/** Power and sample sizes beside statsmodels, per call. */
export const plans: Family = { name: 'plans', rows };
