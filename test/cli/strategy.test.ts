import { Command } from 'commander';
import { byStrategy, strategyOf } from '../../src/cli/strategy';
import type { StrategyOptions } from '../../src/cli/strategy';

const parse = (...args: string[]) => {
  const command = byStrategy(new Command('deploy'))
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return strategyOf(command.parse(args, { from: 'user' }).opts<StrategyOptions>());
};

test.each([
  [[], { kind: 'direct' }],
  [['--strategy', 'blue-green', '--drain', '1h'], { kind: 'blue-green', drain: '1h' }],
  [
    ['--strategy', 'canary', '--steps', '0.01:1h,0.1:6h,0.5:1d', '--guardrail', 'accuracy:0.02'],
    {
      kind: 'canary',
      steps: [
        { allocation: 0.01, hold: '1h' },
        { allocation: 0.1, hold: '6h' },
        { allocation: 0.5, hold: '1d' },
      ],
      guardrails: [{ metric: 'accuracy', tolerance: 0.02 }],
    },
  ],
  [
    ['--strategy', 'canary', '--steps', '0.5:1d', '--guardrail', 'auroc:0', '--guardrail', 'positiveRate:0.1'],
    {
      kind: 'canary',
      guardrails: [
        { metric: 'auroc', tolerance: 0 },
        { metric: 'positiveRate', tolerance: 0.1 },
      ],
    },
  ],
  [
    ['--strategy', 'shadow', '--hold', '1d', '--minimum-rows', '50'],
    { kind: 'shadow', hold: '1d', minimumRows: 50, guardrails: undefined },
  ],
])('%j make a strategy', (args, strategy) => {
  expect(parse(...args)).toMatchObject(strategy);
});

test.each([
  [['--strategy', 'green'], 'Allowed choices are direct, blue-green, canary, shadow'],
  [['--strategy', 'canary'], '--strategy canary: --steps is missing: expected --steps, --guardrail, --minimum-rows'],
  [['--strategy', 'blue-green'], '--drain is missing: expected --drain'],
  [['--strategy', 'shadow'], '--hold is missing: expected --hold, --guardrail, --minimum-rows'],
  [['--strategy', 'blue-green', '--drain', '1h', '--hold', '1d'], '--hold is given: expected --drain'],
  [['--drain', '1h'], '--strategy direct: --drain is given: expected no further option'],
  [['--steps', '0.1'], 'expected a duration greater than zero'],
  [['--steps', '1:1h'], '"1:1h": expected share:hold, such as 0.1:6h, share in (0, 1)'],
  [['--steps', ':1h'], 'share in (0, 1)'],
  [['--steps', '0.1:1h:2h'], 'expected share:hold'],
  [['--steps', '0.1:0h'], 'expected a duration greater than zero'],
  [['--guardrail', 'speed:0.1'], 'metric one of accuracy, logLoss, auroc, positiveRate'],
  [['--guardrail', 'accuracy'], 'expected metric:tolerance'],
  [['--guardrail', 'accuracy:-1'], 'tolerance ≥ 0'],
  [['--drain', 'long'], 'expected a duration greater than zero, such as 30m'],
  [['--minimum-rows', '0'], 'expected a whole number, 1 or more'],
])('%j are refused with what is accepted', (args, words) => {
  expect(() => parse(...args)).toThrow(words);
});
