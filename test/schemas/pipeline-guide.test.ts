/** The guide of pipelines says what the schema, the templates and the command do, and its file is a pipeline. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/main';
import { compileText } from '../../src/cli/pipelines-file';
import { DATE_LAYOUTS, PIPELINE_LIMITS, PIPELINE_NAME_RULE, TEMPLATE_LIMITS } from '../../src/contracts';
import { parseTemplate } from '../../src/domain/template-parser';
import { pipelineSchema } from '../../src/schemas';
import { parseYaml, YAML_LIMITS } from '../../src/schemas/yaml';
import { issuesOf, pipelineOf, stageInput } from '../support/pipelines';
import { tableOfPage } from '../support/markdown-table';

const PAGE = 'docs/guides/pipelines.md';
const guide = readFileSync(join(__dirname, '../..', PAGE), 'utf8');
const text = /```yaml\n([\s\S]*?)```/.exec(guide)![1]!;

/** Rows of the tables of fields: names and default. */
const rows = [...guide.split('## The order')[0]!.matchAll(/^\| `(.*?)` \| .* \| (.*) \|$/gm)].map(([, names, shown]) => ({
  names: names!.split('`, `'),
  shown: [...shown!.matchAll(/`(.*?)`/g)].map(([, value]) => parseYaml(value!, 'guide')),
}));

const bare = pipelineOf([stageInput('a')]).spec;
const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce((found, key) => Reflect.get(found as object, key) as unknown, value);

test('the example of the guide is a pipeline', () => {
  const { pipeline } = compileText(text, 'guide');
  expect(pipeline.stages.map(({ name, level }) => [name, level])).toEqual([
    ['extract', 0],
    ['train', 1],
    ['validate', 2],
    ['release', 3],
  ]);
});

const defaults = rows.flatMap(({ names, shown }) =>
  shown.length === 0 ? [] : names.map((name, k) => [name, shown[k] ?? shown[0]] as const),
);

test('so many defaults are told', () => expect(defaults.length).toBeGreaterThan(15));

test.each(defaults)('%s is %j unless it is given', (name, value) => {
  const [field] = name.split('.') as [string];
  expect(at(field in bare ? bare : bare.stages[0], name)).toEqual(value);
});

test('every field is told, and every field that is told is one', () => {
  const { shape } = pipelineSchema.shape.spec;
  const known = [...Object.keys(shape), ...Object.keys(shape.stages.element.shape)].sort();
  expect([...new Set(rows.flatMap(({ names }) => names.map((name) => name.split('.')[0]!)))].sort()).toEqual(known);
});

test('every expression that is told is one', () => {
  const table = tableOfPage(PAGE, 'Templates');
  const operands: Record<string, string> = { '==': '1 == 1', '!=': '1 != 1', '<': '1 < 2', '<=': '1 <= 2', '>': '2 > 1', '>=': '2 >= 1' };
  const values = table.slice(0, table.findIndex(({ expression }) => expression === '==, !='));
  expect(values).toHaveLength(9);
  for (const { expression } of values) {
    for (const each of expression!.split(', ')) expect(parseTemplate(`{{ ${each} }}`).parts).toHaveLength(1);
  }
  for (const [operator, example] of Object.entries(operands)) {
    expect(guide).toContain(`\`${operator}\``);
    expect(issuesOf([stageInput('a', { condition: `{{ ${example} }}` })])).toEqual([]);
  }
});

test('the layouts and limits that are told are those of the code', () => {
  const [line] = /^`\.Format` knows .*$/m.exec(guide)!;
  const told = [...line.matchAll(/`([\d/-]+)`/g)].map(([, layout]) => layout);
  expect(told).toEqual(DATE_LAYOUTS);
  expect(guide).toContain(PIPELINE_NAME_RULE);
  expect(guide).toContain(`at most ${YAML_LIMITS.bytes / 1_024} KiB, ${YAML_LIMITS.depth} levels and 10 000 nodes`);
  expect(YAML_LIMITS.nodes).toBe(10_000);
  expect(guide).toContain(`1 to ${PIPELINE_LIMITS.stages}`);
  expect(guide).toContain(`at most ${PIPELINE_LIMITS.parallelism}`);
  expect(guide).toContain(`1 to ${PIPELINE_LIMITS.items} of one type`);
  expect(guide).toContain(`tries in all, at most ${PIPELINE_LIMITS.attempts}`);
  expect(guide).toContain(`at most ${PIPELINE_LIMITS.errors} things at once`);
  expect(guide).toContain(`At most ${TEMPLATE_LIMITS.nodes} parts a text and ${TEMPLATE_LIMITS.depth} levels`);
  expect(guide).toContain(`at most ${TEMPLATE_LIMITS.days} either way`);
});

test('every command that is shown is one, and every one is shown', () => {
  const group = createProgram().commands.find((command) => command.name() === 'pipeline')!;
  const shown = [...guide.matchAll(/^loopwright pipeline (\S+)(.*)$/gm)];
  for (const [, verb, rest] of shown) {
    const known = group.commands.find((one) => one.name() === verb)?.options.map(({ long }) => long);
    for (const [option] of rest!.matchAll(/--[a-z-]+/g)) expect(known).toContain(option);
  }
  const verbs = new Set(shown.map(([, verb]) => verb!));
  expect(group.commands.map((command) => command.name()).sort()).toEqual([...verbs].sort());
});
