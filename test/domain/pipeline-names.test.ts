import { TEMPLATE_LIMITS } from '../../src/contracts';
import { liesIn, plainPath, variableOf } from '../../src/domain/pipeline-variables';
import { issuesOf, stageInput } from '../support/pipelines';

const a = (rest: object = {}) => stageInput('a', rest);
const output = (...paths: readonly string[]) => paths.map((path, k) => ({ name: `o${k}`, path }));

test('names that become one variable are told, with the other one', () => {
  const value = { value: 1 };
  expect(
    issuesOf([
      a({
        inputs: [
          { name: 'a-b', ...value },
          { name: 'c', ...value },
          { name: 'A_B', ...value },
        ],
      }),
    ]),
  ).toEqual(['stages.0.inputs.2.name: expected names that differ as variables: "a-b" is A_B as well']);
  expect(
    issuesOf([
      a({
        outputs: [
          { name: 'a', path: 'x' },
          { name: 'A', path: 'y' },
        ],
      }),
    ]),
  ).toEqual(['stages.0.outputs.1.name: expected names that differ as variables: "a" is A as well']);
  expect(issuesOf([a({ hyperparameters: { 'l-r': 1, l_r: 2 } })])).toEqual([
    'stages.0.hyperparameters.l_r: expected names that differ as variables: "l-r" is L_R as well',
  ]);
  expect(issuesOf([a()], { parameters: { days: 1, Days: 2 } })).toEqual([
    'parameters.Days: expected names that differ as variables: "days" is DAYS as well',
  ]);
});

test('a name that stands twice is told once', () => {
  const twice = [
    { name: 'x', value: 1 },
    { name: 'x', value: 2 },
  ];
  expect(issuesOf([a({ inputs: twice })])).toEqual(['stages.0.inputs.1.name: expected names of inputs that differ']);
});

test.each([
  [['/data', '/data/raw/'], "stages.0.outputs.1.path: expected a path that is not inside another output's: /data"],
  [['out/x', './out//'], "stages.0.outputs.0.path: expected a path that is not inside another output's: out"],
  [['x', '.'], "stages.0.outputs.0.path: expected a path that is not inside another output's: ."],
  [['x', './x/'], 'stages.0.outputs.1.path: expected paths that differ'],
])('outputs at %j', (paths, issue) => {
  expect(issuesOf([a({ outputs: output(...paths) })])).toEqual([issue]);
});

test.each(['/loopwright', '/loopwright/work/x', '//loopwright/./inputs', '/'])('nothing lies at %s', (path) => {
  const expected = 'expected a path below / and outside /loopwright, which holds what the stage is told';
  expect(issuesOf([a({ outputs: output(path) })])).toEqual([`stages.0.outputs.0.path: ${expected}`]);
  expect(issuesOf([a({ inputs: [{ name: 'i', path }] })])).toEqual([`stages.0.inputs.0.path: ${expected}`]);
});

test('paths beside one another are fine', () => {
  expect(issuesOf([a({ outputs: output('/data', '/data-2', 'data', '/loopwrights/x') })])).toEqual([]);
});

test('all conditions of a pipeline together are at most so long', () => {
  const long = `{{ ${Array.from({ length: 100 }, () => '.Params.p').join(' and ')} }}`;
  const parts = 199;
  const fit = Math.floor(TEMPLATE_LIMITS.conditions / parts);
  const stages = (n: number) => Array.from({ length: n }, (_, k) => stageInput(`s${k}`, { condition: long }));
  expect(issuesOf(stages(fit), { parameters: { p: true } })).toEqual([]);
  expect(issuesOf(stages(fit + 3), { parameters: { p: true } })).toEqual([
    `stages.${fit}.condition: expected at most 5000 parts in all conditions of the pipeline together`,
  ]);
});

test('variables and paths in their plain form', () => {
  expect(variableOf('learning-rate_2')).toBe('LEARNING_RATE_2');
  expect(['/a//b/', './a/./b', '.', '/', 'a'].map(plainPath)).toEqual(['/a/b', 'a/b', '', '/', 'a']);
  expect(liesIn('/a/b', '/a')).toBe(true);
  expect(liesIn('/ab', '/a')).toBe(false);
  expect(liesIn('/a', 'a')).toBe(false);
  expect(liesIn('a', '')).toBe(true);
  expect(liesIn('/a', '/')).toBe(true);
});
