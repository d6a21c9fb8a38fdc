import type { DesignLook, DesignPlan, ExperimentAnalysis, PublishDesignInput } from '../../src/contracts';
import { designOf } from '../support/design-input';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const at = (day: number) => `2026-03-${String(day).padStart(2, '0')}T00:00:00.000Z`;
const plan = (looks: number): DesignPlan => ({ looks, metrics: [], unitsPerDay: null, daysNeeded: null, warnings: [] });

function change(id: string, number: number, phase: PublishDesignInput['phase'], coverage = 0): PublishDesignInput {
  const event = { at: at(number), kind: 'ramped', who: 'ann', reason: `${number}` } as const;
  return { id, number, phase, start: at(1), end: at(29), coverage, dropped: [], event };
}

function look(kind: 'look' | 'check', day: number, decision: 'continue' | 'ship'): DesignLook {
  const recommendation = { decision, variant: null, drop: [], reasons: ['r'] };
  return {
    kind,
    k: kind === 'look' ? day : null,
    at: at(day),
    exposedTo: at(day),
    status: 'ok',
    units: day,
    byVariant: [day, 0],
    sampleRatioP: 1,
    recommendation,
  };
}

test('the first plan stands, however often it is recorded', async () => {
  const { designs } = opened.stores;
  const design = designOf({ id: 'first' });
  const plans = await Promise.all([1, 2, 3].map((looks) => designs.open(design, plan(looks))));
  expect(new Set(plans.map(({ looks }) => looks)).size).toBe(1);
  await expect(designs.find('first')).resolves.toMatchObject({
    design,
    plan: plans[0],
    phase: 'draft',
    running: false,
    events: [],
    looks: [],
    result: null,
  });
});

test('an unknown experiment is null, and has no analyses', async () => {
  await expect(opened.stores.designs.find('nobody')).resolves.toBeNull();
  await expect(opened.stores.designs.analysesOf('nobody')).resolves.toEqual([]);
});

test('a change that is published again changes nothing: the events are in their order', async () => {
  const { designs } = opened.stores;
  await designs.open(designOf({ id: 'told' }), plan(1));
  for (const number of [1, 2, 10]) await designs.publish(change('told', number, 'running', number / 20));
  await designs.publish(change('told', 2, 'draft', 0.9));
  const record = (await designs.find('told'))!;
  expect(record).toMatchObject({ phase: 'running', running: true, coverage: 0.5, start: at(1), end: at(29) });
  expect(record.events.map(({ reason }) => reason)).toEqual(['1', '2', '10']);
});

test('assigners see those that run, and those they ask for by id', async () => {
  const { designs } = opened.stores;
  for (const id of ['runs', 'over']) await designs.open(designOf({ id }), plan(1));
  await designs.publish(change('runs', 1, 'running', 0.25));
  await designs.publish(change('over', 1, 'running', 0.25));
  await designs.publish(change('over', 2, 'decided', 0.25));
  const running = (await designs.assignable()).map(({ design }) => design.id);
  expect(running).toContain('runs');
  expect(running).not.toContain('over');
  await expect(designs.assignable(['over', 'nobody'])).resolves.toMatchObject([
    { design: { id: 'over' }, running: false, coverage: 0.25, dropped: [] },
  ]);
});

test('the first analysis of a kind at a time stands', async () => {
  const { designs } = opened.stores;
  const analysis = { kind: 'look', at: at(8), notes: ['first'] } as unknown as ExperimentAnalysis;
  await expect(designs.recordAnalysis('a', analysis)).resolves.toEqual(analysis);
  await expect(designs.recordAnalysis('a', { ...analysis, notes: ['second'] })).resolves.toEqual(analysis);
  await designs.recordAnalysis('a', { ...analysis, kind: 'peek', at: at(2) });
  expect((await designs.analysesOf('a')).map(({ kind, at: time }) => [kind, time])).toEqual([
    ['peek', at(2)],
    ['look', at(8)],
  ]);
});

test('looks and checks stand in the order of their times, the first at a time; so does the end', async () => {
  const { designs } = opened.stores;
  await designs.open(designOf({ id: 'looked' }), plan(1));
  await designs.recordLook('looked', look('look', 8, 'continue'));
  await designs.recordLook('looked', look('check', 2, 'continue'));
  await designs.recordLook('looked', look('look', 8, 'ship'));
  const record = (await designs.find('looked'))!;
  expect(record.looks).toEqual([look('check', 2, 'continue'), look('look', 8, 'continue')]);
  const result = {
    id: 'looked',
    decision: 'ship',
    variant: 'b',
    reasons: [],
    decidedAt: at(9),
    from: at(1),
    to: at(8),
    acted: 'nothing',
  } as const;
  await designs.close(result);
  await designs.close({ ...result, decision: 'stop' });
  expect((await designs.find('looked'))!.result).toEqual(result);
});
