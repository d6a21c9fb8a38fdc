import { dropVariantSchema, experimentDesignSchema, parseWith, rampDesignSchema } from '../../src/schemas';
import type { ExperimentDesignInput, SchemaError } from '../../src/schemas';
import { designInput, designOf } from '../support/design-input';

const order = { kind: 'event', event: 'order' } as const;
const success = { name: 'orders', role: 'success', type: 'proportion', source: order } as const;

function refusal(change: Partial<ExperimentDesignInput> | Record<string, unknown>): string[] {
  try {
    parseWith(experimentDesignSchema, { ...designInput(), ...change }, 'experiment design');
    return [];
  } catch (error) {
    return (error as SchemaError).issues.map(({ path, value, expected }) => `${path} ${value}: ${expected}`);
  }
}

test('the shortest design has the defaults of the field', () => {
  expect(designOf()).toMatchObject({
    environment: 'production',
    clock: 'wall',
    seed: 'checkout',
    unit: 'userId',
    allocation: 1,
    start: 'draft',
    alpha: 0.05,
    power: 0.8,
    minimumDetectableEffect: 0.05,
    sequential: { kind: 'spending', looks: 4, spending: 'obrien-fleming' },
    checkEvery: '1d',
    criteria: { earlyStop: true, minimumDuration: '1w', onShip: 'nothing' },
    sticky: true,
    metrics: [{ direction: 'higher-is-better', conversionWindow: '72h', cap: null, lookBack: null }],
  });
});

test('an end stands for a duration', () => {
  const change = { start: '2026-03-01', end: '2026-03-15', duration: undefined };
  expect(designOf(change)).toMatchObject({
    start: '2026-03-01T00:00:00.000Z',
    duration: `${14 * 86_400_000}ms`,
    sequential: { looks: 2 },
  });
});

test.each<[string, Partial<ExperimentDesignInput> | Record<string, unknown>, RegExp]>([
  ['weights', { variants: [{ name: 'a', weight: 0.5 }, { name: 'b', weight: 0.4 }] }, /variants.*sum to 1.*0\.9/],
  ['overlapping variants', { variants: [{ name: 'a', weight: 0.5 }, { name: 'a', weight: 0.5 }] }, /variants\.1\.name/],
  ['one variant', { variants: [{ name: 'a', weight: 0.5 }] }, /variants/],
  ['end before start', { start: '2026-03-15', end: '2026-03-01', duration: undefined }, /end.*after the start/],
  ['an end without a start', { end: '2026-03-01', duration: undefined }, /end.*expected a start/],
  ['neither end nor duration', { duration: undefined }, /duration.*either duration or end/],
  ['both', { start: '2026-03-01', end: '2026-03-15' }, /either duration or end/],
  [
    'an unknown attribute',
    { attributes: ['plan'], eligibility: [{ attribute: 'country', operator: 'is', value: 'DE' }] },
    /eligibility\.0\.attribute "country".*plan, userId/,
  ],
  [
    'a list where one value is expected',
    { attributes: ['plan'], eligibility: [{ attribute: 'plan', operator: 'is', value: ['a'] }] },
    /eligibility\.0\.value/,
  ],
  ['a segment that is no attribute', { segments: ['country'] }, /segments\.0 "country"/],
  ['no success metric', { metrics: [{ ...success, role: 'secondary' }] }, /metrics.*success metric/],
  ['a guardrail without a margin', { metrics: [success, { ...success, name: 'g', role: 'guardrail' }] }, /metrics\.1\.margin/],
  ['a margin of a success metric', { metrics: [{ ...success, margin: 0.1 }] }, /metrics\.0\.margin/],
  ['a ratio without a denominator', { metrics: [{ ...success, type: 'ratio' }] }, /metrics\.0\.denominator/],
  ['a share as baseline of 2', { metrics: [{ ...success, baseline: { mean: 2 } }] }, /metrics\.0\.baseline/],
  [
    'outcomes without versions',
    { metrics: [{ ...success, source: { kind: 'outcome', metric: 'accuracy' } }] },
    /variants.*expected versions/,
  ],
  ['promotion without versions', { criteria: { onShip: 'promote' } }, /criteria\.onShip/],
  [
    'versions without a model',
    { variants: [{ name: 'a', weight: 0.5, version: 1 }, { name: 'b', weight: 0.5, version: 2 }] },
    /model/,
  ],
  [
    'a ramp that goes down',
    { ramp: [{ coverage: 0.5, hold: '1d' }, { coverage: 0.2, hold: '1d' }] },
    /ramp\.1\.coverage/,
  ],
  ['a ramp above the allocation', { allocation: 0.3, ramp: [{ coverage: 0.5, hold: '1d' }] }, /ramp\.0\.coverage/],
  ['a namespace of nothing', { namespace: { name: 'n', range: [0.5, 0.5] } }, /namespace\.range/],
  ['a unit forced twice', { variants: [{ name: 'a', weight: 0.5, force: ['u'] }, { name: 'b', weight: 0.5, force: ['u'] }] }, /forced/],
  ['an unknown key', { metrics: [{ ...success, windsor: 3 }] }, /metrics\.0/],
  ['an operator from a query language', { unit: { $gt: '' } }, /unit/],
])('%s is refused with its path', (_, change, expected) => {
  expect(refusal(change).join('\n')).toMatch(expected);
});

test('what is fine is not refused', () => {
  expect(refusal({})).toEqual([]);
  const variants = [
    { name: 'a', weight: 0.1 + 0.2, version: 1 },
    { name: 'b', weight: 0.7, version: 2 },
  ];
  expect(refusal({ model: 'm', variants, criteria: { onShip: 'promote' } })).toEqual([]);
});

test('commands of people name who and why', () => {
  expect(() => parseWith(rampDesignSchema, { who: 'ann' }, 'ramp')).toThrow(/reason/);
  expect(() => parseWith(rampDesignSchema, { who: 'ann', reason: 'r', coverage: 2 }, 'ramp')).toThrow(/coverage is 2/);
  expect(() => parseWith(dropVariantSchema, { who: 'ann', reason: 'r' }, 'drop')).toThrow(/variant/);
});
