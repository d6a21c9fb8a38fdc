import { createDesignActivities } from '../../activities/experiment-design';
import { DESIGN_LIMITS, failureTypes } from '../../src/contracts';
import { experimentDesignSchema, parseWith } from '../../src/schemas';
import { looksOf, REASONS } from '../../workflows/lib/design-evidence';
import { decideDesign } from '../../src/domain/experiment-decision';
import { designInput, designOf } from '../support/design-input';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { analysisInput } from '../support/experiment-sums';
import { hour, many } from '../support/rows';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const variants = many(DESIGN_LIMITS.variants, (k) => ({ name: `variant-${k}`, weight: 1 / DESIGN_LIMITS.variants }));
const metricsOf = (deciding: number) =>
  many(DESIGN_LIMITS.metrics, (k) => ({
    name: `a-metric-with-a-rather-long-name-${k}`,
    role: k < deciding ? ('success' as const) : ('secondary' as const),
    type: 'mean' as const,
    source: { kind: 'event', event: `event-${k}` } as const,
  }));

test('the largest design that may be declared leaves small messages', async () => {
  const design = designOf({ id: 'largest', variants, metrics: metricsOf(8) });
  const { stores } = opened;
  await stores.designs.open(design, { looks: 1, metrics: [], unitsPerDay: null, daysNeeded: null, warnings: [] });
  const exposures = many(variants.length * 110, (k) => ({
    ...{ experiment: 'largest', unit: `u${k}`, variant: variants[k % variants.length]!.name, at: hour(k % 500) },
  }));
  const known = [{ design, running: true, coverage: 1, dropped: [] }];
  await stores.assignments.expose(exposures, known);
  await stores.metricEvents.track(
    exposures.flatMap(({ unit, at }, k) =>
      many(8, (m) => ({ eventId: `${unit}/${m}`, unit, event: `event-${m}`, value: Math.sin(k * m + k + 1) + 2, at })),
    ),
  );
  const input = analysisInput(design, { planned: 4, from: hour(0), exposedTo: hour(501), at: hour(600) });
  const evidence = await createDesignActivities(stores).analyseDesign(input);
  expect(evidence.comparisons).toHaveLength(DESIGN_LIMITS.deciding);
  expect(evidence.comparisons.every(({ status }) => status === 'ok')).toBe(true);
  expect(JSON.stringify(evidence).length).toBeLessThan(48 * 1_024);
  const found = decideDesign(evidence, design, { kind: 'look', isLast: false, elapsedMs: 1e10, dropped: [] });
  expect(found.reasons.length).toBeGreaterThan(100);
  const { recorded, kept } = looksOf(evidence, 'look', found);
  expect(recorded.recommendation.reasons.join('').length).toBeLessThan(REASONS.recorded + 20);
  expect(recorded.recommendation.reasons.at(-1)).toMatch(/^and \d+ more$/);
  expect(JSON.stringify({ design, looks: many(DESIGN_LIMITS.looks, () => kept) }).length).toBeLessThan(60 * 1_024);
});

test.each([
  ['metrics', { variants, metrics: metricsOf(9) }],
  ['checkEvery', { checkEvery: '1m' }],
  ['metrics', { variants, metrics: metricsOf(1), attributes: ['a'], segments: ['a'] }],
  [
    '(root)',
    {
      eligibility: [
        {
          attribute: 'userId',
          operator: 'in' as const,
          value: many(1_000, (k) => `user-number-${k}-${'x'.repeat(20)}`),
        },
      ],
    },
  ],
])('a design whose %s would not fit is refused where it is declared', (path, change) => {
  const declaring = () => parseWith(experimentDesignSchema, designInput(change), 'experiment design');
  expect(declaring).toThrow(expect.objectContaining({ name: 'SchemaError' }) as Error);
  expect(declaring).toThrow(path);
});

test('the same start again finds its plan; another of the same id is refused', async () => {
  const run = createDesignActivities(opened.stores);
  const design = designOf({ id: 'once' });
  const plan = await run.openDesign({ design, at: hour(0) });
  expect(await run.openDesign({ design, at: hour(9) })).toEqual(plan);
  const refused = { type: failureTypes.conflict, nonRetryable: true };
  await expect(run.openDesign({ design: { ...design, alpha: 0.1 }, at: hour(0) })).rejects.toMatchObject(refused);
  const event = { at: hour(0), kind: 'created', who: 'ann', reason: 'because' } as const;
  const state = { id: 'once', phase: 'draft', start: null, end: null, coverage: 0, dropped: [] } as const;
  await run.publishDesign({ ...state, number: 1, event });
  await expect(run.openDesign({ design, at: hour(0) })).rejects.toMatchObject(refused);
});
