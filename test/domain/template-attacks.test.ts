/** Values and templates that mean harm: nothing of them is evaluated, and nothing changes its shape. */
import fc from 'fast-check';
import type { PlannedInput, PlannedStage } from '../../src/contracts';
import { gateOf } from '../../src/domain/pipeline-gate';
import { render, valueOf } from '../../src/domain/template';
import type { TemplateFacts } from '../../src/domain/template';
import { TemplateError } from '../../src/domain/template-lexer';
import { parseTemplate } from '../../src/domain/template-parser';
import { compiledOf, issuesOf, stageInput } from '../support/pipelines';
import { HOSTILE_TEMPLATES, HOSTILE_VALUES } from '../support/attacks';
import { HOSTILE_YAML } from '../support/attacks-yaml';

test('the corpus has so many attacks that differ', () => {
  expect(new Set([...HOSTILE_VALUES, ...HOSTILE_TEMPLATES, ...HOSTILE_YAML]).size).toBeGreaterThanOrEqual(375);
});

const plan = compiledOf(
  [
    stageInput('a', { outputs: [{ name: 'o', path: '/o' }] }),
    stageInput('b', {
      dependsOn: ['a'],
      condition: '{{ .Params.p == "x" or .Stages.a.Outputs.o == "x" }}',
      forEach: { items: ['x'] },
      args: ['plain'],
      inputs: [
        { name: 'whole', value: '{{ .Params.p }}' },
        { name: 'inside', value: '<{{ .Params.p }}|{{ .Stages.a.Outputs.o }}|{{ .Item }}>' },
        { name: 'literal', value: 'x' },
      ],
      hyperparameters: { h: '{{ .Item }}', list: [1, '{{ .Params.p }}'] },
    }),
  ],
  { parameters: { p: 'x' } },
);

const rendered = (stage: PlannedStage, facts: TemplateFacts) => ({
  inputs: stage.inputs.map((input: PlannedInput) => (input.kind === 'value' ? valueOf(input.value, facts) : input)),
  h: valueOf(stage.hyperparameters.h as never, facts),
  list: (stage.hyperparameters.list as never[]).map((one) => valueOf(one, facts)),
});

test.each(HOSTILE_VALUES.map((value) => [JSON.stringify(value), value]))('the value %s is a value', (_name, value) => {
  const before = JSON.stringify(plan);
  const stages = { a: { outcome: 'succeeded', outputs: { o: value }, metrics: {} } } as const;
  const facts: TemplateFacts = { day: '2026-11-25', params: { p: value }, item: value, stages };
  expect(rendered(plan.stages[1]!, facts)).toEqual({
    inputs: [{ value }, { value: `<${value}|${value}|${value}>` }, { value: 'x' }],
    h: { value },
    list: [{ value: 1 }, { value }],
  });
  // It is compared as a text, and opens no gate.
  expect(gateOf(plan.stages[1]!, new Set(), facts)).toEqual({ gate: 'skip', reason: 'the condition is false' });
  expect(JSON.stringify(plan)).toBe(before);
});

test.each(HOSTILE_VALUES.map((value) => [JSON.stringify(value), value]))(
  'the text %s in a leaf is itself or refused',
  (_name, value) => {
    if (value.includes('{{')) {
      const good = ['{{ .Date }}', '{{ "{{ .Date }}" }}'].includes(value);
      expect(issuesOf([stageInput('a', { inputs: [{ name: 'i', value }] })])).toHaveLength(good ? 0 : 1);
      return;
    }
    const { stages } = compiledOf([
      stageInput('a', { inputs: [{ name: 'i', value }], hyperparameters: { h: value }, args: ['-'] }),
    ]);
    expect(stages[0]!.inputs).toEqual([{ name: 'i', kind: 'value', value: { value } }]);
    expect(stages[0]!.hyperparameters).toEqual({ h: { value } });
  },
);

test.each(HOSTILE_VALUES.map((value) => [JSON.stringify(value), value]))(
  'the name %s is known to nobody',
  (_name, value) => {
    const facts: TemplateFacts = { day: '2026-11-25', params: {}, stages: {} };
    for (const expression of [
      { kind: 'param', name: value } as const,
      { kind: 'metric', stage: value, metric: value } as const,
      { kind: 'output', stage: value, output: value } as const,
      { kind: 'state', stage: value, state: 'Success' } as const,
    ]) {
      expect(render({ parts: [expression] }, facts)).toHaveProperty('unknown');
    }
  },
);

test.each(HOSTILE_TEMPLATES.map((text) => [JSON.stringify(text), text]))(
  'the template %s is refused with its place',
  (_name, text) => {
    const stages = [
      stageInput('a', { outputs: [{ name: 'o', path: '/o' }] }),
      stageInput('b', { dependsOn: ['a'], inputs: [{ name: 'i', value: text }] }),
    ];
    const found = issuesOf(stages, { parameters: { p: 'x', n: 1 } });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^stages\.1\.inputs\.0\.value: /);
    const asCondition = issuesOf([stages[0]!, stageInput('b', { dependsOn: ['a'], condition: text })], {
      parameters: { p: 'x', n: 1 },
    });
    expect(asCondition).toHaveLength(1);
  },
);

const alphabet = fc.constantFrom(
  ...[
    '{{',
    '}}',
    '{',
    '}',
    '.',
    ' ',
    '(',
    ')',
    '"',
    "'",
    '-',
    '1',
    '9',
    'Date',
    'Params',
    'Stages',
    'Item',
    'p',
    'a',
    'Success',
    'Metrics',
  ],
  ...[
    'AddDays',
    'Format',
    'and',
    'or',
    'not',
    '==',
    '<',
    '>=',
    '!',
    '&&',
    '|',
    'true',
    '\n',
    '\u2028',
    '\u0000',
    'constructor',
    '__proto__',
    '$',
    '`',
    '\\',
  ],
);

test('whatever the text, a template is read or refused as one, within its limits', () => {
  const texts = fc.array(alphabet, { maxLength: 60 }).map((parts) => parts.join(''));
  let [read, refused] = [0, 0];
  fc.assert(
    fc.property(
      fc.oneof(
        texts,
        texts.map((text) => `{{ ${text} }}`),
        fc.string({ unit: 'binary', maxLength: 80 }),
      ),
      (text) => {
        try {
          const template = parseTemplate(text);
          expect(JSON.parse(JSON.stringify(template))).toEqual(template);
          if (!text.includes('{{')) expect(template.parts.join('')).toBe(text);
          read += 1;
        } catch (error) {
          if (!(error instanceof TemplateError)) throw error;
          expect(error.at).toBeGreaterThan(0);
          expect(error.at).toBeLessThanOrEqual(text.length + 1);
          refused += 1;
        }
      },
    ),
    { seed: 8, numRuns: 20_000 },
  );
  expect(read).toBeGreaterThan(1_000);
  expect(refused).toBeGreaterThan(1_000);
});
