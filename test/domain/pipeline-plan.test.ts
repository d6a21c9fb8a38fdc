import { foresee } from '../../src/domain/pipeline-plan';
import { compiledOf, stageInput } from '../support/pipelines';

const seen = (
  stages: Parameters<typeof compiledOf>[0],
  params: Record<string, string | number | boolean> = { on: true },
  parallelism = 50,
) => foresee(compiledOf(stages, { parameters: params, parallelism }), { day: '2026-11-25', params });

const runs = (...args: Parameters<typeof seen>) =>
  seen(...args).stages.map(({ name, runs: how, reason }) => [name, how, reason]);

test('a condition on what is known is decided, and what hangs on a skipped stage is skipped with it', () => {
  const stages = [
    stageInput('a'),
    stageInput('b', { dependsOn: ['a'], condition: '{{ .Params.on == true }}' }),
    stageInput('c', { dependsOn: ['b'] }),
    stageInput('d', { dependsOn: ['c', 'b'], condition: '{{ .Stages.b.Skipped and .Stages.c.Skipped }}' }),
    stageInput('e', { dependsOn: ['a', 'b'], condition: '{{ .Stages.b.Success }}' }),
  ];
  expect(runs(stages, { on: false })).toEqual([
    ['a', 'yes', null],
    ['b', 'no', 'the condition is false'],
    ['c', 'no', 'b is skipped'],
    ['d', 'yes', null],
    ['e', 'no', 'the condition is false'],
  ]);
  expect(runs(stages).slice(1, 3)).toEqual([
    ['b', 'yes', null],
    ['c', 'yes', null],
  ]);
});

test('what only the run will tell leaves it open, unless the rest decides', () => {
  const condition = (text: string) => [
    stageInput('a'),
    stageInput('b', { dependsOn: ['a'], condition: `{{ ${text} }}` }),
  ];
  expect(runs(condition('.Stages.a.Success'))[1]).toEqual(['b', 'if', 'the condition asks for .Stages.a']);
  expect(runs(condition('.Stages.a.Success and .Params.on'))[1]![1]).toBe('if');
  expect(runs(condition('.Stages.a.Success and .Params.on'), { on: false })[1]![1]).toBe('no');
  expect(runs(condition('.Stages.a.Success or .Params.on'))[1]![1]).toBe('yes');
  expect(runs(condition('.Date.Format("01") == "11"'))[1]![1]).toBe('yes');
});

test('values that are known are told, others are not', () => {
  const [, b] = seen([
    stageInput('a', { outputs: [{ name: 'o', path: '/o' }] }),
    stageInput('b', {
      inputs: [
        { name: 'range', value: '{{ .Date.AddDays(-7) }} to {{ .Date }}' },
        { name: 'model', value: '{{ .Stages.a.Outputs.o }}' },
        { name: 'taken', from: 'a.o' },
      ],
    }),
  ]).stages;
  expect(b!.values).toEqual({ range: '2026-11-18 to 2026-11-25' });
});

test('the peak is that of the most demanding level, within the cap', () => {
  const each = (name: string, cpu: string, rest: object = {}) =>
    stageInput(name, { resources: { cpu, memory: '1Gi' }, ...rest });
  const stages = [
    each('a', '3'),
    each('b', '2'),
    each('c', '1'),
    each('d', '1', {
      dependsOn: ['a'],
      forEach: { items: [1, 2, 3, 4, 5, 6, 7] },
      resources: { cpu: '1', memory: '2Gi', gpu: '1' },
    }),
    each('off', '100', { condition: '{{ not .Params.on }}' }),
  ];
  expect(seen(stages).peak).toEqual({ cpu: 7_000, memory: 14 * 2 ** 30, gpu: 7 });
  expect(seen(stages, { on: true }, 2).peak).toEqual({ cpu: 5_000, memory: 4 * 2 ** 30, gpu: 2 });
  expect(seen(stages).stages.find(({ name }) => name === 'd')!.times).toBe(7);
  expect(seen([each('off', '1', { condition: '{{ not .Params.on }}' })]).peak).toEqual({ cpu: 0, memory: 0, gpu: 0 });
});
