import { parseWith, rolloutStrategySchema } from '../../src/schemas';
import { many } from '../support/rows';

const step = { allocation: 0.1, hold: '1h' };

test('what may be left out has its default', () => {
  expect(rolloutStrategySchema.parse({ kind: 'canary', steps: [step] })).toEqual({
    kind: 'canary',
    probes: 100,
    steps: [step],
    guardrails: [],
    minimumRows: 100,
  });
  expect(rolloutStrategySchema.parse({ kind: 'shadow', hold: '1d' })).toMatchObject({ probes: 100, minimumRows: 100 });
  expect(rolloutStrategySchema.parse({ kind: 'blue-green', drain: '1h' })).toMatchObject({ probes: 100 });
  expect(rolloutStrategySchema.parse({ kind: 'direct' })).toEqual({ kind: 'direct' });
});

test.each([
  [{ kind: 'rolling' }, 'strategy: kind'],
  [{ kind: 'direct', probes: 1 }, 'probes'],
  [{ kind: 'blue-green' }, 'strategy: drain'],
  [{ kind: 'blue-green', drain: 'soon' }, 'a duration such as'],
  [{ kind: 'canary', steps: [] }, 'strategy: steps'],
  [{ kind: 'canary', steps: many(21, (k) => ({ ...step, allocation: (k + 1) / 30 })) }, 'strategy: steps'],
  [{ kind: 'canary', steps: [{ ...step, allocation: 1 }] }, 'strategy: steps.0.allocation'],
  [{ kind: 'canary', steps: [step, step] }, 'ascending'],
  [{ kind: 'shadow', hold: '1d', minimumRows: 0 }, 'strategy: minimumRows'],
  [{ kind: 'shadow', hold: '1d', guardrails: [{ metric: 'rmse', tolerance: 1 }] }, 'strategy: guardrails.0.metric'],
  [{ kind: 'shadow', hold: '1d', guardrails: [{ metric: 'accuracy', tolerance: -1 }] }, 'guardrails.0.tolerance'],
])('%j is refused', (strategy, words) => {
  expect(() => parseWith(rolloutStrategySchema, strategy, 'strategy')).toThrow(words);
});
