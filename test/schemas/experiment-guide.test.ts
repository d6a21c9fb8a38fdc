/** The guide of experiments says what the schema and the command do, and its files are designs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgram } from '../../src/cli/main';
import { CONDITION_OPERATORS } from '../../src/contracts';
import type { ExperimentDesign } from '../../src/contracts';
import { experimentDesignSchema } from '../../src/schemas';
import { parseYaml, parseYamlWith } from '../../src/schemas/yaml';

const root = join(__dirname, '../..');
const guide = readFileSync(join(root, 'docs/guides/experiments.md'), 'utf8');
const text = /```yaml\n([\s\S]*?)```/.exec(guide)![1]!;
const design = parseYamlWith(experimentDesignSchema, text, 'guide');

/** Rows of the guide's tables of fields: names and default. */
const rows = [...guide.split('## From draft')[0]!.matchAll(/^\| `(.*?)` \| .* \| (.*) \|$/gm)].map(([, names, shown]) => ({
  names: names!.split(/`, `|` or `/),
  shown: shown!,
}));

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce((found, key) => Reflect.get(found as object, key) as unknown, value);

test('the example of the guide and the one that ships are designs', () => {
  expect(design).toMatchObject({ id: 'checkout-2026-11', sequential: { kind: 'spending', looks: 4 } });
  const example = readFileSync(join(root, 'examples/checkout.experiment.yaml'), 'utf8');
  expect(parseYamlWith(experimentDesignSchema, example, 'example').metrics).toHaveLength(3);
});

const defaults = rows.flatMap(({ names, shown }) => {
  const value = /^`(.*)`$/.exec(shown)?.[1];
  return value === undefined ? [] : names.map((name) => [name, parseYaml(value, name)] as const);
});

test('so many defaults are told', () => expect(defaults.length).toBeGreaterThan(20));

test.each(defaults)('%s is %j unless it is given', (name, value) => {
  const source: unknown = name in design.metrics[0]! ? design.metrics[0] : design;
  expect(text).not.toContain(`\n${name}:`);
  expect(at(source, name)).toEqual(value);
});

const fieldsOf = (value: ExperimentDesign | ExperimentDesign['metrics'][number]) => Object.keys(value);

test('every field of a design and of a metric is told', () => {
  const told = new Set(rows.flatMap(({ names }) => names.map((name) => name.split('.')[0])));
  const shape = Object.keys(experimentDesignSchema.in.shape);
  for (const field of [...shape, ...fieldsOf(design), ...fieldsOf(design.metrics[1]!)]) expect(told).toContain(field);
  for (const operator of CONDITION_OPERATORS) expect(guide).toContain(`\`${operator}\``);
});

test('every command that is shown is one, and every one is shown', () => {
  const group = createProgram().commands.find((command) => command.name() === 'experiment')!;
  const shown = [...guide.matchAll(/^loopwright experiment (\S+)(.*)$/gm)];
  for (const [, verb, rest] of shown) {
    const command = group.commands.find((one) => one.name() === verb);
    const known = command?.options.map(({ long }) => long);
    for (const [option] of rest!.matchAll(/--[a-z-]+/g)) expect(known).toContain(option);
  }
  const told = [...shown.map(([, verb]) => verb!), 'start'].sort();
  expect(group.commands.map((command) => command.name()).sort()).toEqual(told);
});
