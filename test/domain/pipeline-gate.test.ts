import { brokenRules, gateOf } from '../../src/domain/pipeline-gate';
import type { StageFacts, StageOutcome } from '../../src/domain/template';
import { compiledOf, stageInput } from '../support/pipelines';

const ended = (outcome: StageOutcome, metrics: Record<string, number> = {}): StageFacts => ({
  outcome,
  outputs: {},
  metrics,
});

function gate(condition: string | undefined, stages: Record<string, StageFacts>, allowed: string[] = []) {
  const plan = compiledOf([
    stageInput('a'),
    stageInput('b'),
    stageInput('c', { dependsOn: ['a', 'b'], ...(condition === undefined ? {} : { condition }) }),
  ]);
  return gateOf(plan.stages[2]!, new Set(allowed), { day: '2026-11-25', params: {}, stages });
}

const [good, bad, off] = [ended('succeeded'), ended('failed'), ended('skipped')];

test('without a condition all needs must have succeeded, or have failed and be allowed to', () => {
  expect(gate(undefined, { a: good, b: good })).toEqual({ gate: 'run' });
  expect(gate(undefined, { a: good, b: bad })).toEqual({ gate: 'skip', reason: 'b failed' });
  expect(gate(undefined, { a: off, b: bad })).toEqual({ gate: 'skip', reason: 'a was skipped' });
  expect(gate(undefined, { a: good, b: bad }, ['b'])).toEqual({ gate: 'run' });
  expect(gate(undefined, { a: off, b: good }, ['a'])).toEqual({ gate: 'skip', reason: 'a was skipped' });
});

test('a condition judges the needs of which it asks how they ended, and no other', () => {
  expect(gate('{{ .Stages.a.Failed }}', { a: bad, b: good })).toEqual({ gate: 'run' });
  expect(gate('{{ .Stages.a.Failed }}', { a: bad, b: bad })).toEqual({ gate: 'skip', reason: 'b failed' });
  expect(gate('{{ .Stages.a.Failed or not .Stages.b.Success }}', { a: good, b: off })).toEqual({ gate: 'run' });
  expect(gate('{{ .Stages.a.Success }}', { a: bad, b: good })).toEqual({
    gate: 'skip',
    reason: 'the condition is false',
  });
  expect(gate('{{ .Date == .Date }}', { a: bad, b: good })).toEqual({ gate: 'skip', reason: 'a failed' });
});

test('a condition that cannot be known fails the stage, and so does a need that has not ended', () => {
  const asks = { gate: 'fail', reason: 'the condition asks for .Stages.a.Metrics.auc, which is not known' };
  expect(gate('{{ .Stages.a.Metrics.auc > 0.5 }}', { a: good, b: good })).toEqual(asks);
  expect(gate('{{ not .Stages.a.Metrics.auc > 0.5 }}', { a: good, b: good })).toEqual(asks);
  expect(gate('{{ .Stages.a.Metrics.auc > 0.5 }}', { a: ended('succeeded', { auc: 0.6 }), b: good })).toEqual({
    gate: 'run',
  });
  expect(gate(undefined, { a: good })).toEqual({ gate: 'fail', reason: 'b has not ended' });
});

const rule = (
  metric: string,
  threshold: number,
  direction: 'higher-is-better' | 'lower-is-better' = 'higher-is-better',
) => ({
  ...{ metric, threshold, direction },
});

test('a threshold itself is good, on either side', () => {
  expect(brokenRules([rule('auc', 0.9), rule('loss', 0.2, 'lower-is-better')], { auc: 0.9, loss: 0.2 })).toEqual([]);
  expect(brokenRules([rule('auc', 0.9), rule('loss', 0.2, 'lower-is-better')], { auc: 0.89, loss: 0.21 })).toEqual([
    'auc is 0.89, expected at least 0.9',
    'loss is 0.21, expected at most 0.2',
  ]);
});

test('a metric that is missing or no number breaks its rule, whatever it is called', () => {
  const metrics = { nan: NaN, inf: Infinity };
  expect(brokenRules([rule('auc', 0), rule('nan', 0), rule('inf', 0), rule('constructor', 0)], metrics)).toEqual([
    'auc was not reported',
    'nan was not reported',
    'inf was not reported',
    'constructor was not reported',
  ]);
});
