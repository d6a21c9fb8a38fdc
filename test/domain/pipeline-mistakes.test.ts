/** Every mistake that the compiler knows is told once, with its path and what was meant. */
import { issuesOf, stageInput } from '../support/pipelines';

const a = (rest: object = {}) => stageInput('a', { outputs: [{ name: 'o', path: '/o' }], ...rest });
const b = (rest: object = {}) => stageInput('b', { dependsOn: ['a'], ...rest });

test.each<[string, Parameters<typeof issuesOf>[0], string]>([
  [
    'an unknown stage, with what was meant',
    [a(), b({ dependsOn: ['aa'] })],
    'stages.1.dependsOn.0: unknown stage "aa", did you mean "a"?',
  ],
  [
    'an unknown stage of an input',
    [a(), b({ inputs: [{ name: 'i', from: 'zzzzz.o' }] })],
    'stages.1.inputs.0.from: unknown stage "zzzzz", expected one of a, b',
  ],
  [
    'an unknown output',
    [a(), b({ inputs: [{ name: 'i', from: 'a.p' }] })],
    'stages.1.inputs.0.from: unknown output "p" of "a", did you mean "o"?',
  ],
  [
    'a source without an output',
    [a(), b({ inputs: [{ name: 'i', from: 'a' }] })],
    'stages.1.inputs.0.from: expected stage.output',
  ],
  [
    'a source with too much',
    [a(), b({ inputs: [{ name: 'i', from: 'a.o.x' }] })],
    'stages.1.inputs.0.from: expected stage.output',
  ],
  ['a stage that waits for itself', [a({ dependsOn: ['a'] })], 'stages.0.dependsOn.0: expected another stage'],
  [
    'a stage that takes from itself',
    [a({ inputs: [{ name: 'i', from: 'a.o' }] })],
    'stages.0.inputs.0.from: expected another stage',
  ],
  ['a name twice', [a(), a()], 'stages.1.name: expected names of stages that differ'],
  [
    'an input twice',
    [
      a({
        inputs: [
          { name: 'i', value: 1 },
          { name: 'i', value: 2 },
        ],
      }),
    ],
    'stages.0.inputs.1.name: expected names of inputs that differ',
  ],
  [
    'an output twice',
    [
      a({
        outputs: [
          { name: 'o', path: '/a' },
          { name: 'o', path: '/b' },
        ],
      }),
    ],
    'stages.0.outputs.1.name: expected names of outputs that differ',
  ],
  [
    'a path twice',
    [
      a({
        outputs: [
          { name: 'o', path: '/a' },
          { name: 'p', path: '/a/' },
        ],
      }),
    ],
    'stages.0.outputs.1.path: expected paths that differ',
  ],
  ['a need twice', [a(), b({ dependsOn: ['a', 'a'] })], 'stages.1.dependsOn.1: expected stages that differ'],
  [
    'a secret twice',
    [
      a({
        secrets: [
          { name: 'K', ref: 'x' },
          { name: 'K', ref: 'y' },
        ],
      }),
    ],
    'stages.0.secrets.1.name: expected names of secrets that differ',
  ],
  [
    'a rule twice',
    [
      a({
        validationRules: [
          { metric: 'm', threshold: 1 },
          { metric: 'm', threshold: 2, direction: 'higher-is-better' },
        ],
      }),
    ],
    'stages.0.validationRules.1.metric: expected metrics in one direction that differ',
  ],
  [
    'a rule that would pass what is bad',
    [a({ validationRules: [{ metric: 'log_loss', threshold: 0.5 }] })],
    'stages.0.validationRules.0.direction: expected a direction: log_loss is usually lower-is-better',
  ],
  [
    'a template that is none',
    [a({ inputs: [{ name: 'i', value: '{{ .Dat }}' }] })],
    'stages.0.inputs.0.value: at character 5: "Dat" stands there: did you mean "Date"?',
  ],
  [
    'an unknown parameter',
    [a({ hyperparameters: { h: '{{ .Params.q }}' } })],
    'stages.0.hyperparameters.h: unknown parameter "q", did you mean "p"?',
  ],
  [
    'an unknown parameter in a list',
    [a({ hyperparameters: { h: [1, '{{ .Params.constructor }}'] } })],
    'stages.0.hyperparameters.h.1: unknown parameter "constructor"',
  ],
  [
    'an item without a fan-out',
    [a({ inputs: [{ name: 'i', value: 'x {{ .Item }}' }] })],
    'stages.0.inputs.0.value: expected forEach',
  ],
  [
    'a condition on a stage that is not upstream',
    [a(), stageInput('b', { condition: '{{ .Stages.a.Success }}' })],
    'stages.1.condition: expected a stage upstream of this one, "a" may end later: add it to dependsOn',
  ],
  [
    'a condition on a later stage',
    [a({ condition: '{{ .Stages.b.Success }}' }), b()],
    'stages.0.condition: expected a stage upstream of this one, "b" may end later',
  ],
  [
    'a condition on itself',
    [a({ condition: '{{ .Stages.a.Success }}' })],
    'stages.0.condition: expected another stage',
  ],
  [
    'a condition on an unknown stage',
    [a(), b({ condition: '{{ .Stages.aa.Success }}' })],
    'stages.1.condition: unknown stage "aa", did you mean "a"?',
  ],
  [
    'a condition without braces',
    [a(), b({ condition: '.Stages.a.Success' })],
    'stages.1.condition: expected one expression in double braces',
  ],
  [
    'a condition with text around it',
    [a(), b({ condition: 'if {{ .Stages.a.Success }}' })],
    'stages.1.condition: expected one expression',
  ],
  ['an empty condition', [a(), b({ condition: '' })], 'stages.1.condition: expected one expression'],
  [
    'a condition that is a number',
    [a(), b({ condition: '{{ .Stages.a.Metrics.m }}' })],
    'stages.1.condition: expected a condition that is true or false, this is a number',
  ],
  ['a condition that is a text', [a({ condition: '{{ "true" }}' })], 'this is a text'],
  [
    'a number against a text',
    [a(), b({ condition: '{{ .Stages.a.Metrics.m > "1" }}' })],
    'expected values of one type around ">", these are a number and a text',
  ],
  [
    'an order of texts',
    [a({ condition: '{{ .Params.p < "b" }}' })],
    'expected numbers or dates around "<", these are of type text',
  ],
  ['a date against a text', [a({ condition: '{{ .Date == "2026-01-01" }}' })], 'these are a date and a text'],
  ['not of a number', [a({ condition: '{{ not 1 }}' })], 'expected true or false for "not", this is a number'],
  ['and of a text', [a({ condition: '{{ true and .Params.p }}' })], 'expected true or false for "and", this is a text'],
  [
    'an unknown output in a template',
    [a(), b({ inputs: [{ name: 'i', value: '{{ .Stages.a.Outputs.p }}' }] })],
    'unknown output "p" of "a", did you mean "o"?',
  ],
  [
    'one metric of a fan-out',
    [a({ forEach: { items: [1] } }), b({ condition: '{{ .Stages.a.Metrics.m > 1 }}' })],
    '"a" runs once for each item and has no single value',
  ],
  [
    'one output of a fan-out',
    [a({ forEach: { items: [1] } }), b({ inputs: [{ name: 'i', value: '{{ .Stages.a.Outputs.o }}' }] })],
    'has no single value',
  ],
  ['items of two types', [a({ forEach: { items: [1, 'x'] } })], 'stages.0.forEach.items: expected items of one type'],
  [
    'a deployment of nothing',
    [a({ deployment: { strategy: 'direct', environment: 'e' } })],
    'stages.0.inputs: expected an input "model" from another stage',
  ],
  [
    'a deployment of a path',
    [a({ inputs: [{ name: 'model', path: '/m' }], deployment: { strategy: 'direct', environment: 'e' } })],
    'stages.0.inputs: expected an input "model"',
  ],
  [
    'many deployments',
    [
      a(),
      b({
        inputs: [{ name: 'model', from: 'a.o' }],
        forEach: { items: [1] },
        deployment: { strategy: 'direct', environment: 'e' },
      }),
    ],
    'stages.1.forEach: expected none beside deployment',
  ],
])('%s is told', (_name, stages, words) => {
  const found = issuesOf(stages, { parameters: { p: 'x' } });
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(words);
});
