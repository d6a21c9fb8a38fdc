import type { CompiledPipeline } from '../../src/contracts';
import { recordedEnd, reusable, upstreamFacts } from '../../src/domain/pipeline-records';
import type { UnitRecord } from '../../src/domain/pipeline-records';
import { compiledOf, stageInput } from '../support/pipelines';

const ref = { sha256: 'a'.repeat(64), bytes: 1, uri: `artifact:file/${'a'.repeat(64)}` };
const outcome = { outputs: { o: ref }, metrics: { m: 1 }, broken: [] };
const good = (stage: string, unit = 0, rest: Partial<UnitRecord> = {}): UnitRecord => ({
  ...{ stage, unit, state: 'succeeded', undone: false, version: null, outcome },
  ...rest,
});
const decided = (stage: string, rest: Partial<UnitRecord>) => good(stage, -1, { outcome: null, ...rest });
const given = { day: '2026-11-25', params: {} };

const chain = (...rest: Parameters<typeof stageInput>[1][]) =>
  compiledOf(rest.map((one, k) => stageInput(`s${k}`, { dependsOn: k === 0 ? [] : [`s${k - 1}`], ...one })));

const taken = (pipeline: CompiledPipeline, records: UnitRecord[], lost: string[] = []) => {
  const { units, stages } = reusable(pipeline, records, new Set(lost));
  return { units: Object.fromEntries(units), stages: [...stages] };
};

describe('how a stage has ended', () => {
  const [plain] = chain({}).stages;
  const [fanned] = chain({ forEach: { items: [1, 2] } }).stages;

  test('by its unit, with outputs and metrics', () => {
    expect(recordedEnd(plain!, [good('s0')])).toEqual({
      outcome: 'succeeded',
      outputs: { o: ref.uri },
      metrics: { m: 1 },
    });
    const broken = good('s0', 0, { state: 'failed', outcome: { ...outcome, broken: ['m is 1'] } });
    expect(recordedEnd(plain!, [broken])).toMatchObject({ outcome: 'failed', metrics: { m: 1 } });
    expect(recordedEnd(plain!, [good('s0', 0, { state: 'running', outcome: null })])).toMatchObject({
      outcome: 'failed',
    });
    expect(recordedEnd(plain!, [])).toBeNull();
  });

  test('a fan-out when all its items have', () => {
    expect(recordedEnd(fanned!, [good('s0', 0), good('s0', 1)])).toEqual({
      outcome: 'succeeded',
      outputs: {},
      metrics: {},
    });
    expect(recordedEnd(fanned!, [good('s0', 0)])).toMatchObject({ outcome: 'failed' });
  });

  test('what was decided of it comes first; that it was undone says nothing of how it ended', () => {
    expect(recordedEnd(plain!, [good('s0'), decided('s0', { state: 'failed' })])).toMatchObject({ outcome: 'failed' });
    expect(recordedEnd(plain!, [decided('s0', { state: 'skipped' })])).toMatchObject({ outcome: 'skipped' });
    const undone = decided('s0', { state: 'running', undone: true });
    expect(recordedEnd(plain!, [good('s0'), undone])).toMatchObject({ outcome: 'succeeded' });
  });
});

test('stages that never began have ended by their gate', () => {
  const pipeline = chain(
    { allowFailure: true },
    { condition: '{{ .Stages.s0.Metrics.m > 1 }}' },
    {},
    { condition: '{{ .Stages.s0.Success }}' },
  );
  const ends = (records: UnitRecord[]) =>
    Object.values(upstreamFacts(pipeline, given, records)).map((facts) => facts.outcome);
  expect(ends([good('s0')])).toEqual(['succeeded', 'skipped', 'skipped', 'skipped']);
  const silent = good('s0', 0, { outcome: { ...outcome, metrics: {} } });
  // Nobody knows whether the condition holds: that fails the stage.
  expect(ends([silent])).toEqual(['succeeded', 'failed', 'skipped', 'skipped']);
});

describe('what a retry takes', () => {
  test('what succeeded, as far as all it needs is taken', () => {
    const pipeline = chain({}, {}, {});
    expect(taken(pipeline, [good('s0'), good('s1'), decided('s2', { state: 'skipped' })]).stages).toEqual(['s0', 's1']);
    const failed = good('s0', 0, { state: 'failed', outcome: null });
    expect(taken(pipeline, [failed, good('s1'), good('s2')]).stages).toEqual([]);
  });

  test('nothing that was undone, broke a rule or is lost', () => {
    const pipeline = chain({}, {});
    expect(taken(pipeline, [good('s0'), decided('s0', { state: 'running', undone: true }), good('s1')]).stages).toEqual(
      [],
    );
    const broken = good('s0', 0, { outcome: { ...outcome, broken: ['x'] } });
    expect(taken(pipeline, [broken, good('s1')]).stages).toEqual([]);
    expect(taken(pipeline, [good('s0'), good('s1')], ['s0']).stages).toEqual([]);
    expect(taken(pipeline, [good('s0'), good('s1')], ['s1']).stages).toEqual(['s0']);
  });

  test('the items of a fan-out that succeeded', () => {
    const pipeline = chain({ forEach: { items: [1, 2, 3] } }, {});
    expect(taken(pipeline, [good('s0', 2), good('s0', 0), good('s1')])).toEqual({ units: { s0: [0, 2] }, stages: [] });
  });

  test('what comes after a stage that will be skipped again', () => {
    const pipeline = chain({}, { condition: '{{ .Stages.s0.Failed }}' }, { condition: '{{ .Stages.s1.Skipped }}' });
    const records = [good('s0'), decided('s1', { state: 'skipped' }), good('s2')];
    expect(taken(pipeline, records).stages).toEqual(['s0', 's2']);
  });

  test('a deployment only where it serves a version', () => {
    const deployment = { strategy: 'direct' as const, environment: 'e' };
    const pipeline = chain(
      { outputs: [{ name: 'o', path: 'o' }] },
      { inputs: [{ name: 'model', from: 's0.o' }], deployment },
    );
    expect(taken(pipeline, [good('s0'), good('s1')])).toEqual({ units: { s0: [0], s1: [0] }, stages: ['s0'] });
    const served = [good('s0'), good('s1'), decided('s1', { version: 3 })];
    expect(taken(pipeline, served).stages).toEqual(['s0', 's1']);
    const rejected = [good('s0'), good('s1'), decided('s1', { version: 3, state: 'failed' })];
    expect(taken(pipeline, rejected).stages).toEqual(['s0']);
  });
});
