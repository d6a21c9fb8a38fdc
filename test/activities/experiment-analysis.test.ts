import { analyseSums } from '../../activities/experiment-analysis';
import { spendingBounds } from '../../src/statistics';
import { designOf } from '../support/design-input';
import { analysisInput, experimentSums, meanSums, shareSums, variantSums } from '../support/experiment-sums';

const event = { kind: 'event', event: 'order' } as const;
const orders = { name: 'orders', role: 'success', type: 'proportion', source: event } as const;
const revenue = { name: 'revenue', role: 'success', type: 'mean', source: event } as const;
const errors = {
  name: 'errors',
  role: 'guardrail',
  type: 'proportion',
  source: event,
  direction: 'lower-is-better',
  margin: 0.1,
} as const;
const visits = { name: 'visits', role: 'secondary', type: 'mean', source: event } as const;
const looks = (count: number) => ({ kind: 'spending', looks: count, spending: 'obrien-fleming' }) as const;
const three = [
  { name: 'A', weight: 0.4 },
  { name: 'B', weight: 0.3 },
  { name: 'C', weight: 0.3 },
];

describe('success metrics', () => {
  const design = designOf({ variants: three, metrics: [orders, revenue], sequential: looks(4) });
  // z: orders B 3.05, revenue B 1.27, orders C 2.15, revenue C −3.16.
  const sums = experimentSums(design, [
    [shareSums(1000, 10_000), meanSums(10_000, 20, 50)],
    [shareSums(1133, 10_000), meanSums(10_000, 20.9, 50)],
    [shareSums(1093, 10_000), meanSums(10_000, 17.765, 50)],
  ]);

  test('are one family: by |z| each against the bound its rank buys, to the first that fails', () => {
    const previous = [1, 2, 3].map((k) => ({ k, units: k * 7_500 }));
    const { comparisons } = analyseSums(sums, analysisInput(design, { k: 4, planned: 4, previous }));
    const at = [...previous, { k: 4, units: 30_000 }].map(({ k, units }) => ({ fraction: k / 4, information: units }));
    const bound = (m: number) => {
      const last = spendingBounds({ alpha: 0.05 / m, looks: at }).at(-1)!;
      return last.status === 'ok' ? last.bound : NaN;
    };
    const ranked = [...comparisons].sort((a, b) => Math.abs(b.z!) - Math.abs(a.z!));
    expect(ranked.map(({ metric, variant }) => `${metric} ${variant}`)).toEqual([
      'revenue C',
      'orders B',
      'orders C',
      'revenue B',
    ]);
    expect(ranked.map((found) => found.bound)).toEqual([bound(4), bound(3), bound(2), bound(2)]);
    // The third would pass by itself, and does not as one of two.
    expect(Math.abs(ranked[2]!.z!)).toBeGreaterThan(bound(1));
    expect(ranked.map(({ significant }) => significant)).toEqual([true, true, false, false]);
    expect(ranked[0]).toMatchObject({ better: false });
    expect(ranked[1]).toMatchObject({ better: true });
    for (const { difference, significant } of comparisons)
      expect(difference!.low! > 0 || difference!.high! < 0).toBe(significant);
  });

  test('a dropped variant is claimed nothing about, and leaves its α to nobody', () => {
    const only = (dropped: string[]) =>
      analyseSums(sums, analysisInput(design, { planned: 4, k: 4, dropped })).comparisons;
    const [orders4] = only([]).filter(({ metric, variant }) => metric === 'orders' && variant === 'B');
    const found = only(['C']);
    expect(
      found.filter(({ variant }) => variant === 'C').every(({ significant, bound }) => !significant && bound === null),
    ).toBe(true);
    const [ordersB] = found.filter(({ metric, variant }) => metric === 'orders' && variant === 'B');
    // Now the strongest of those left, it must pass the first step of four.
    expect(ordersB!.bound!).toBeGreaterThan(orders4!.bound!);
    expect(ordersB!.difference!.value).toBe(orders4!.difference!.value);
  });

  test('units of a dropped variant are no information on the others', () => {
    const boundWith = (unitsOfC: number) => {
      const more = experimentSums(design, [
        [shareSums(1000, 10_000), meanSums(10_000, 20, 50)],
        [shareSums(1133, 10_000), meanSums(10_000, 20.9, 50)],
        [shareSums(unitsOfC / 10, unitsOfC), meanSums(unitsOfC, 20, 50)],
      ]);
      const previous = [{ k: 2, units: 10_000 }];
      return analyseSums(more, analysisInput(design, { k: 4, planned: 4, previous, dropped: ['C'] })).comparisons[0]!
        .bound!;
    };
    expect(boundWith(100_000)).toBe(boundWith(1_000));
  });

  test('spent α stays spent: the same data meet a higher bound when there were looks before', () => {
    const boundAfter = (previous: { k: number; units: number }[]) =>
      analyseSums(sums, analysisInput(design, { k: 4, planned: 4, previous })).comparisons[0]!.bound!;
    expect(boundAfter([1, 2, 3].map((k) => ({ k, units: k * 7_500 })))).toBeGreaterThan(boundAfter([]));
  });

  test('a look without new units, with too few or with none claims nothing', () => {
    const status = (metrics: Parameters<typeof experimentSums>[1], previous: { k: number; units: number }[] = []) => {
      const found = analyseSums(experimentSums(design, metrics), analysisInput(design, { k: 2, planned: 4, previous }));
      expect(found.comparisons.every(({ bound, significant }) => bound === null && !significant)).toBe(true);
      return found.status;
    };
    const arm = (n: number) => [shareSums(Math.floor(n / 2), n), meanSums(n, 5, n < 2 ? 0 : 1)];
    const apart = (n: number) => [shareSums(n, n), meanSums(n, 50, n < 2 ? 0 : 1)];
    expect(status([arm(500), apart(500), apart(500)], [{ k: 1, units: 1_500 }])).toBe('no-new-information');
    expect(status([arm(500), apart(99), apart(500)])).toBe('below-minimum');
    expect(status([arm(500), apart(0), apart(500)])).toBe('no-data');
  });

  test.each(['check', 'peek'] as const)('a %s claims nothing and shows intervals that hold at any look', (kind) => {
    const [found] = analyseSums(sums, analysisInput(design, { kind, k: null, planned: 4 })).comparisons;
    expect(found).toMatchObject({ metric: 'orders', bound: null, significant: false });
    expect(found!.difference).toEqual(found!.anytime);
    const [look] = analyseSums(sums, analysisInput(design)).comparisons;
    expect(found!.anytime!.high! - found!.anytime!.low!).toBeGreaterThan(
      look!.difference!.high! - look!.difference!.low!,
    );
  });

  test('an always-valid plan claims by its sequences, Holm over them', () => {
    const free = { ...design, sequential: { kind: 'always-valid' } as const };
    const far = experimentSums(free, [
      [shareSums(1000, 10_000), meanSums(10_000, 20, 50)],
      [shareSums(1250, 10_000), meanSums(10_000, 20, 50)],
      [shareSums(1110, 10_000), meanSums(10_000, 20, 50)],
    ]);
    const { comparisons } = analyseSums(far, analysisInput(free, { k: 9, planned: 28 }));
    expect(comparisons.map(({ significant }) => significant)).toEqual([true, false, false, false]);
    // z 2.53 would do at a fixed horizon.
    expect(comparisons[2]!.pValue).toBeLessThan(0.05 / 4);
    expect(comparisons.map(({ bound }) => bound)).toEqual([null, null, null, null]);
  });
});

test('a lower-is-better metric is better when it is lower', () => {
  const design = designOf({ metrics: [{ ...revenue, direction: 'lower-is-better' }], sequential: looks(1) });
  const sums = experimentSums(design, [[meanSums(5_000, 20, 10)], [meanSums(5_000, 18, 10)]]);
  const [found] = analyseSums(sums, analysisInput(design)).comparisons;
  expect(found).toMatchObject({ significant: true, better: true });
  expect(found!.z).toBeLessThan(0);
  expect(found!.chanceToWin).toBeGreaterThan(0.999);
  expect(found!.lift!.value).toBeCloseTo(-0.1, 12);
});

describe('guardrails', () => {
  const design = designOf({ metrics: [orders, errors], sequential: looks(4) });
  const with_ = (errorsOfB: number) =>
    experimentSums(design, [
      [shareSums(2_000, 20_000), shareSums(2_000, 20_000)],
      [shareSums(2_000, 20_000), shareSums(errorsOfB, 20_000)],
    ]);
  const guardrail = (errorsOfB: number, kind: 'look' | 'check') =>
    analyseSums(with_(errorsOfB), analysisInput(design, { kind, k: kind === 'look' ? 4 : null, planned: 4 }))
      .comparisons[1]!;

  test('are breached at a check too, by their own direction and beyond their margin', () => {
    expect(guardrail(2_700, 'check')).toMatchObject({ breached: true, significant: false });
    expect(guardrail(2_250, 'check').breached).toBe(false);
    expect(guardrail(1_000, 'check').breached).toBe(false);
  });

  test('are shown not to be inferior at looks only', () => {
    expect(guardrail(2_000, 'look')).toMatchObject({ significant: true, breached: false, adjustedPValue: null });
    expect(guardrail(2_190, 'look').significant).toBe(false);
    expect(guardrail(2_000, 'check').significant).toBe(false);
    // The end on the side of the loss is the bound of that test.
    for (let errorsOfB = 2_050; errorsOfB < 2_200; errorsOfB += 2) {
      const { lift, significant } = guardrail(errorsOfB, 'look');
      expect(lift!.high! < 0.1).toBe(significant);
    }
  });

  test.each([
    ['check', 0, { breached: false, significant: false }],
    ['look', 0, { breached: false, significant: true }],
    ['check', 900, { breached: true, significant: false }],
    ['look', 900, { breached: true, significant: false }],
    ['look', 2, { breached: false, significant: false }],
  ] as const)('at a %s with a control without errors %i errors are %j', (kind, errorsOfB, expected) => {
    const none = experimentSums(design, [
      [shareSums(2_000, 20_000), shareSums(0, 20_000)],
      [shareSums(2_000, 20_000), shareSums(errorsOfB, 20_000)],
    ]);
    const input = analysisInput(design, { kind, k: kind === 'look' ? 4 : null, planned: 4 });
    const found = analyseSums(none, input);
    expect(found.comparisons[1]).toMatchObject(expected);
    expect(found.notes.join()).toContain('any loss that is shown is a breach');
  });

  test('arms that are all alike lose nothing, but few units show nothing', () => {
    const few = experimentSums(design, [
      [shareSums(20, 50), shareSums(0, 50)],
      [shareSums(20, 50), shareSums(0, 50)],
    ]);
    expect(analyseSums(few, analysisInput(design, { k: 4, planned: 4 })).comparisons[1]!.significant).toBe(false);
  });
});

test('secondary metrics are one family under Benjamini-Hochberg', () => {
  const names = ['s1', 's2', 's3', 's4'];
  const design = designOf({ metrics: [orders, ...names.map((name) => ({ ...visits, name }))], sequential: looks(1) });
  const means = [10.06, 10.052, 10.05, 10];
  const sums = experimentSums(design, [
    [shareSums(500, 5_000), ...means.map(() => meanSums(5_000, 10, 1))],
    [shareSums(500, 5_000), ...means.map((mean) => meanSums(5_000, mean, 1))],
  ]);
  const found = analyseSums(sums, analysisInput(design)).comparisons.slice(1);
  expect(found.map(({ significant }) => significant)).toEqual([true, true, true, false]);
  expect(found[2]!.adjustedPValue).toBeCloseTo((found[2]!.pValue! * 4) / 3, 12);
});

describe('the split', () => {
  const design = designOf({ metrics: [orders], sequential: looks(1) });
  const metrics = [[shareSums(50, 500)], [shareSums(50, 500)]];
  const ratio = (exposed: { weights: number[]; units: number[] }[], previousSampleRatioP = 1) =>
    analyseSums(experimentSums(design, metrics, { exposed }), analysisInput(design, { previousSampleRatioP }))
      .sampleRatio;

  test('evidence of epochs multiplies, and p is the running minimum', () => {
    const half = { weights: [0.5, 0.5], units: [600, 400] };
    expect(ratio([half]).sequentialP).toBeCloseTo(6.283e-5, 8);
    expect(ratio([half, half]).sequentialP).toBeCloseTo(6.283e-5 ** 2, 10);
    expect(ratio([{ weights: [0.5, 0.5], units: [500, 500] }], 0.0004).sequentialP).toBe(0.0004);
  });

  test('an epoch expects its own weights, and nothing of an arm that takes no units', () => {
    expect(ratio([{ weights: [0.8, 0.2], units: [8_000, 2_000] }]).sequentialP).toBe(1);
    expect(ratio([{ weights: [0.8, 0.2], units: [5_000, 5_000] }]).sequentialP).toBeLessThan(1e-300);
    expect(ratio([{ weights: [1, 0], units: [8_000, 0] }])).toEqual({
      ...{ sequentialP: 1, chiSquareP: null, exposed: [8_000, 0] },
    });
    expect(ratio([])).toEqual({ sequentialP: 1, chiSquareP: null, exposed: [] });
  });

  test('χ² is that of the epochs together', () => {
    const found = ratio([{ weights: [0.5, 0.5], units: [5_227, 5_000] }]);
    expect(found.chiSquareP).toBeCloseTo(0.0247896, 7);
  });
});

test('segments have p of Holm over the values of their attribute', () => {
  const design = designOf({ metrics: [orders], attributes: ['country'], segments: ['country'], sequential: looks(1) });
  const segment = (value: string, successes: number) => ({
    attribute: 'country',
    value,
    variants: variantSums(design, [[shareSums(100, 1_000)], [shareSums(successes, 1_000)]]),
  });
  const segments = [segment('DE', 131), segment('FR', 130), segment('US', 101)];
  const sums = experimentSums(design, [[shareSums(300, 3_000)], [shareSums(362, 3_000)]], { segments });
  const found = analyseSums(sums, analysisInput(design));
  const [de, fr, us] = found.segments.map(({ comparisons }) => comparisons[0]!);
  expect(de!.adjustedPValue).toBeCloseTo(3 * de!.pValue!, 12);
  expect(fr!.adjustedPValue).toBeCloseTo(Math.max(3 * de!.pValue!, 2 * fr!.pValue!), 12);
  expect(us!.significant).toBe(false);
  expect(found.notes.join()).toContain('Holm over the values');
});

describe('novelty', () => {
  const design = designOf({ metrics: [orders, revenue], sequential: looks(4) });
  const week = (number: number, means: readonly [number, number]) => ({
    week: number,
    variants: variantSums(
      design,
      means.map((mean) => [shareSums(200, 2_000), meanSums(2_000, mean, 10)]),
    ),
  });
  const noveltyOf = (weeks: ReturnType<typeof week>[]) => {
    const metrics = [0, 1].map(() => [shareSums(800, 8_000), meanSums(8_000, 20, 10)]);
    return analyseSums(experimentSums(design, metrics, { weeks }), analysisInput(design)).novelty;
  };

  test('an effect that wears off is found, one that stays is not', () => {
    expect(noveltyOf([week(0, [20, 23]), week(1, [20, 20.5]), week(2, [20, 20])])).toEqual(['revenue']);
    expect(noveltyOf([week(0, [20, 23]), week(1, [21, 24]), week(2, [19, 22])])).toEqual([]);
    expect(noveltyOf([week(0, [20, 23])])).toEqual([]);
    expect(noveltyOf([week(0, [20, 23]), week(1, [20, 20])])).toEqual(['revenue']);
  });
});

test('power so far grows with the units and needs a control that is not 0', () => {
  const design = designOf({ metrics: [orders], sequential: looks(1) });
  const power = (successes: number, n: number) =>
    analyseSums(experimentSums(design, [[shareSums(successes, n)], [shareSums(10, n)]]), analysisInput(design))
      .comparisons[0]!.power;
  expect(power(100, 1_000)!).toBeLessThan(power(5_000, 50_000)!);
  // n = 2 (1.96 + .8416)² p q / (.05 p)² with both tails.
  expect(power(5_651, 56_512)!).toBeCloseTo(0.8, 3);
  expect(power(0, 1_000)).toBeNull();
});
