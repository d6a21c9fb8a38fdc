/** Whatever the sums of units: every number of an analysis is one, and the order of a design changes none. */
import fc from 'fast-check';
import { analyseSums } from '../../activities/experiment-analysis';
import type { ExperimentDesign, UnitSums, VariantSums } from '../../src/contracts';
import { decideDesign } from '../../src/domain/experiment-decision';
import { designOf } from '../support/design-input';
import { analysisInput, experimentSums, meanSums, shareSums } from '../support/experiment-sums';
import { unsound } from '../statistics/experiments/samples';

const event = { kind: 'event', event: 'order' } as const;
const METRICS = [
  { name: 'share', role: 'success', type: 'proportion', source: event },
  { name: 'mean', role: 'success', type: 'mean', source: event },
  { name: 'before', role: 'secondary', type: 'mean', source: event, lookBack: '14d' },
  { name: 'known', role: 'success', type: 'proportion', source: event, lookBack: '14d' },
  { name: 'ratio', role: 'secondary', type: 'ratio', source: event, denominator: event, direction: 'lower-is-better' },
  { name: 'guard', role: 'guardrail', type: 'mean', source: event, margin: 0.02 },
  { name: 'guardedRatio', role: 'guardrail', type: 'ratio', source: event, denominator: event, margin: 0.1 },
] as const;
const weights = [0.4, 0.3, 0.3];
const VARIANTS = ['A', 'B', 'C'].map((name, index) => ({ name, weight: weights[index]! }));

const size = fc.oneof(fc.constantFrom(0, 1, 2, 100), fc.nat(1e7));
const number = fc.oneof(
  fc.constantFrom(0, 1, -1, 1e308, -1e308, 1e-320),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const squares = fc.oneof(
  fc.constantFrom(0, 1e308, 1e-320),
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
);

/** Sums that some units could have, were their values as wild as doubles are. */
const wild: fc.Arbitrary<UnitSums> = fc
  .record({
    n: size,
    meanY: number,
    m2Y: squares,
    meanX: number,
    m2X: squares,
    r: fc.double({ min: -1, max: 1, noNaN: true }),
  })
  .map(({ n, meanY, m2Y, meanX, m2X, r }) => {
    if (n === 0) return { n, meanY: 0, m2Y: 0, meanX: 0, m2X: 0, cXY: 0 };
    if (n === 1) return { n, meanY, m2Y: 0, meanX, m2X: 0, cXY: 0 };
    return { n, meanY, m2Y, meanX, m2X, cXY: r * Math.sqrt(m2X) * Math.sqrt(m2Y) };
  });
const share = fc
  .tuple(size, fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([n, p]) => shareSums(Math.round(n * p), n));
const arm = fc.tuple(share, wild, wild, wild, wild, wild, wild);
const arms = fc.tuple(arm, arm, arm);

function designOfPlan(kind: 'spending' | 'always-valid'): ExperimentDesign {
  const sequential = kind === 'spending' ? ({ kind, looks: 4 } as const) : ({ kind } as const);
  return designOf({ variants: VARIANTS, metrics: [...METRICS], sequential, attributes: ['plan'], segments: ['plan'] });
}

test.each(['spending', 'always-valid'] as const)('no sums lead to NaN, an infinity or a throw (%s)', (plan) => {
  const design = designOfPlan(plan);
  const kinds = fc.constantFrom('look' as const, 'check' as const, 'peek' as const);
  fc.assert(
    fc.property(arms, arms, kinds, fc.array(fc.nat(1e6), { maxLength: 3 }), (whole, part, kind, before) => {
      const [all, some] = [experimentSums(design, whole), experimentSums(design, part)];
      const weeks = [whole, part].map((sums, week) => ({ week, variants: experimentSums(design, sums).variants }));
      const sums = {
        ...all,
        crossed: 7,
        weeks,
        segments: [{ attribute: 'plan', value: 'free', variants: some.variants }],
      };
      const previous = before.sort((a, b) => a - b).map((units, index) => ({ k: index + 1, units }));
      const k = kind === 'look' ? previous.length + 1 : null;
      const analysis = analyseSums(sums, analysisInput(design, { kind, k, planned: 4, previous }));
      expect(unsound(analysis)).toEqual([]);
      for (const { pValue, bound, significant, z } of analysis.comparisons) {
        if (pValue !== null) expect(pValue).toBeGreaterThan(0);
        if (bound !== null) expect(significant).toBe(Math.abs(z!) >= bound);
      }
      if (kind === 'peek') return;
      const { reasons } = decideDesign(analysis, design, { kind, isLast: k === 4, elapsedMs: 1e9, dropped: [] });
      expect(reasons.join()).not.toMatch(/NaN|Infinity|undefined|null/);
    }),
    { numRuns: 100, endOnFailure: true },
  );
});

test('the order of treatments and of metrics changes no number', () => {
  const modest = fc
    .record({
      n: fc.integer({ min: 2, max: 5_000 }),
      mean: fc.integer({ min: 1, max: 50 }),
      deviation: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ n, mean, deviation }) => meanSums(n, mean, deviation));
  const modestArm = fc.tuple(
    share,
    modest,
    modest,
    modest,
    modest.map((sums) => ({ ...sums, meanX: 2 })),
    modest,
    modest.map((sums) => ({ ...sums, meanX: 3 })),
  );
  const shuffled = (length: number) => fc.shuffledSubarray([...new Array(length).keys()], { minLength: length });
  fc.assert(
    fc.property(fc.tuple(modestArm, modestArm, modestArm), shuffled(2), shuffled(7), (whole, treatments, metrics) => {
      const order = [0, ...treatments.map((index) => index + 1)];
      const design = designOfPlan('spending');
      const turned = {
        ...design,
        variants: order.map((index) => design.variants[index]!),
        metrics: metrics.map((index) => design.metrics[index]!),
      };
      const turnedSums = order.map((index) => metrics.map((place) => whole[index]![place]!));
      const straight = analyseSums(experimentSums(design, whole), analysisInput(design, { planned: 4, k: 2 }));
      const other = analyseSums(experimentSums(turned, turnedSums), analysisInput(turned, { planned: 4, k: 2 }));
      const byName = (found: typeof straight) =>
        new Map(found.comparisons.map((comparison) => [`${comparison.variant} ${comparison.metric}`, comparison]));
      const [a, b] = [byName(straight), byName(other)];
      for (const [name, comparison] of a) expect(b.get(name)).toEqual(comparison);
      expect(other.sampleRatio.sequentialP).toBeCloseTo(straight.sampleRatio.sequentialP, 9);
    }),
    { numRuns: 100, endOnFailure: true },
  );
});

test('sums that no units can have are refused', () => {
  const design = designOf({ metrics: [METRICS[2], METRICS[0]] });
  const bad: VariantSums['metrics'] = [{ n: 9, meanY: 1, m2Y: 1, meanX: 1, m2X: 1, cXY: 2 }, shareSums(1, 9)];
  const good = [meanSums(9, 1, 1), shareSums(1, 9)];
  expect(() => analyseSums(experimentSums(design, [good, bad]), analysisInput(design))).toThrow(RangeError);
});
