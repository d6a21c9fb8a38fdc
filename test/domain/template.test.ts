import { evaluate, render, valueOf } from '../../src/domain/template';
import type { TemplateFacts } from '../../src/domain/template';
import { TemplateError } from '../../src/domain/template-lexer';
import { parseTemplate } from '../../src/domain/template-parser';

const facts: TemplateFacts = {
  day: '2024-03-05',
  params: { rate: 0.5, name: '{{ .Date }}', on: true, 'a-b': 'hyphen', big: 1e-7 },
  item: 'north',
  stages: {
    'model-validation': { outcome: 'succeeded', outputs: { model: 'artifact:abc' }, metrics: { auc: 0.9, odd: NaN } },
    '2nd_try': { outcome: 'failed', outputs: {}, metrics: {} },
    late: { outcome: 'skipped', outputs: {}, metrics: {} },
  },
};
const of = (text: string) => render(parseTemplate(text), facts);

test.each([
  ['no template', 'no template'],
  ['', ''],
  ['{{ .Date.AddDays(-7) }} to {{ .Date }}', '2024-02-27 to 2024-03-05'],
  ['{{.Date}}', '2024-03-05'],
  ['{{ .Date.AddDays(1).AddDays(-2).Format("2006/01/02") }}', '2024/03/04'],
  ["{{ .Date.Format('200601') }}", '202403'],
  ['{{ .Params.rate }}', 0.5],
  ['rate={{ .Params.rate }}', 'rate=0.5'],
  ['{{ .Params.rate }}{{ .Params.on }}', '0.5true'],
  ['{{ .Params.big }}!', '1e-7!'],
  ['{{ .Params.a-b }}', 'hyphen'],
  ['{{ .Item }}', 'north'],
  ['{{ .Stages.model-validation.Outputs.model }}', 'artifact:abc'],
  ['{{ .Stages.model-validation.Metrics.auc }}', 0.9],
  ['{{ .Stages.2nd_try.Failed }}', true],
  ['{{ .Stages.late.Skipped }}', true],
  ['{{ .Stages.late.Success }}', false],
  ['{{ "{{" }} and }}', '{{ and }}'],
  ['{{ "}}" }}', '}}'],
  ['a }} b { c', 'a }} b { c'],
  ['{{\n.Date\t}}', '2024-03-05'],
  ['{{ -1.5e3 }}', -1500],
])('%j is %j', (text, value) => expect(of(text)).toEqual({ value }));

test('what a value holds is not read as a template', () => {
  expect(of('{{ .Params.name }}')).toEqual({ value: '{{ .Date }}' });
  expect(of('<{{ .Params.name }}>')).toEqual({ value: '<{{ .Date }}>' });
});

test.each([
  ['1 < 2', true],
  ['2 <= 2 and 3 >= 3', true],
  ['1 > 2 or 2 != 2', false],
  ['not 1 > 2', true],
  ['!true || true', true],
  ['true && !false', true],
  ['not (true or true)', false],
  ['true or true and false', true],
  ['(true or true) and false', false],
  ['not not true', true],
  ['"a" == \'a\'', true],
  ['.Date == .Date.AddDays(0)', true],
  ['.Date.AddDays(-1) < .Date', true],
  ['.Date.Format("02") == "05"', true],
  ['.Stages.model-validation.Success and .Stages.model-validation.Metrics.auc >= 0.9', true],
  ['.Params.on == true', true],
  ['true and .Params.rate<0.6', true],
])('%s is %s', (text, value) => expect(of(`{{ ${text} }}`)).toEqual({ value }));

test.each([
  ['.Params.none', '.Params.none'],
  ['.Params.constructor', '.Params.constructor'],
  ['.Params.toString == "x"', '.Params.toString'],
  ['.Stages.none.Success', '.Stages.none'],
  ['.Stages.hasOwnProperty.Failed', '.Stages.hasOwnProperty'],
  ['.Stages.late.Outputs.valueOf', '.Stages.late.Outputs.valueOf'],
  ['.Stages.model-validation.Metrics.f1 > 0', '.Stages.model-validation.Metrics.f1'],
  ['not .Stages.model-validation.Metrics.f1 > 0', '.Stages.model-validation.Metrics.f1'],
  ['.Stages.model-validation.Metrics.odd >= 0', '.Stages.model-validation.Metrics.odd'],
  ['true and .Stages.none.Success', '.Stages.none'],
  ['.Stages.none.Success or false', '.Stages.none'],
  ['1 < .Params.none', '.Params.none'],
])('%s is not known for %s', (text, unknown) => expect(of(`{{ ${text} }}`)).toEqual({ unknown }));

test('an unknown side does not matter where the other decides, in either order', () => {
  expect(of('{{ .Stages.none.Success or true }}')).toEqual({ value: true });
  expect(of('{{ true or .Stages.none.Success }}')).toEqual({ value: true });
  expect(of('{{ .Stages.none.Success and false }}')).toEqual({ value: false });
  expect(evaluate({ kind: 'item' }, { ...facts, item: undefined })).toEqual({ unknown: '.Item' });
});

test('a value that is no template is as it is', () => {
  expect(valueOf({ value: '{{ .Date }}' }, facts)).toEqual({ value: '{{ .Date }}' });
  expect(valueOf({ template: { parts: ['a', { kind: 'item' }] } }, facts)).toEqual({ value: 'anorth' });
});

test('a tree survives JSON', () => {
  const tree = parseTemplate('x {{ not .Params.on and .Stages.a.Metrics.m < 1.5 or .Date.Format("2006") == "2026" }}');
  expect(JSON.parse(JSON.stringify(tree))).toEqual(tree);
  expect(parseTemplate('{{ .Date.AddDays(-7) }}')).toEqual({ parts: [{ kind: 'date', days: -7, layout: null }] });
});

test.each([
  ['{{ .Dat }}', 5, '"Dat" stands there: did you mean "Date"?'],
  ['{{ .Stages.a.Sucess }}', 14, 'did you mean "Success"?'],
  ['ab {{ .Date', 12, 'the text ends there: expected }} or an operator'],
  ['{{', 3, 'the text ends there: expected a value'],
  ['{{ }}', 4, '"}}" stands there: expected a value such as .Date'],
  ['{{ .Date.AddDays(x) }}', 18, 'expected whole days, at most 36600 either way in all'],
  ['{{ .Date.AddDays(1.5) }}', 18, 'whole days'],
  ['{{ .Date.AddDays(36601) }}', 18, 'whole days'],
  ['{{ .Date.AddDays(30000).AddDays(30000) }}', 33, 'whole days'],
  ['{{ .Date.Format("YYYY") }}', 17, 'expected one of "2006-01-02"'],
  ['{{ .Date.Format("2006").AddDays(1) }}', 24, 'expected }} or an operator'],
  ['{{ .Date.Year }}', 10, 'expected one of AddDays, Format'],
  ['{{ 9007199254740993 }}', 4, 'kept exactly'],
  ['{{ 1e999 }}', 4, 'kept exactly'],
  ['{{ 1 < 2 < 3 }}', 10, 'expected }} or an operator'],
  ['{{ (true }}', 10, 'expected )'],
  ['{{ . Date }}', 5, 'unexpected " "'],
  ['{{ .Date | upper }}', 10, 'unexpected "|"'],
  ['{{ `x` }}', 4, 'unexpected "`"'],
  ['{{ "x\ny" }}', 4, 'unexpected "\\""'],
  ['{{ .Date\u2028}}', 9, 'unexpected "\u2028"'],
])('%j is refused at %d', (text, at, words) => {
  try {
    parseTemplate(text);
    throw new Error('it was accepted');
  } catch (error) {
    expect(error).toBeInstanceOf(TemplateError);
    expect((error as TemplateError).message).toContain(words);
    expect((error as TemplateError).at).toBe(at);
  }
});

test('depth and parts are bounded', () => {
  const deep = (levels: number) => `{{ ${'('.repeat(levels)}true${')'.repeat(levels)} }}`;
  expect(of(deep(16))).toEqual({ value: true });
  expect(() => parseTemplate(deep(17))).toThrow('at most 16 levels');
  expect(() => parseTemplate(`{{ ${'not '.repeat(100_000)}true }}`)).toThrow('at most 16 levels');
  expect(of(`{{ true${' and true'.repeat(99)} }}`)).toEqual({ value: true });
  expect(() => parseTemplate(`{{ true${' and true'.repeat(100)} }}`)).toThrow('at most 200 parts');
  expect(() => parseTemplate('{{ .Date }}'.repeat(201))).toThrow('at most 200 parts');
});
