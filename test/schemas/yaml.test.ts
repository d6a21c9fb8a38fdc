import { z } from 'zod';
import { SchemaError } from '../../src/schemas';
import { parseYaml, parseYamlWith, YAML_LIMITS, YamlError } from '../../src/schemas/yaml';

const parse = (text: string): unknown => parseYaml(text, 'a.yaml');

test.each([
  ['a: 1\nb: [x, "y", null, true]\n', { a: 1, b: ['x', 'y', null, true] }],
  ['{"a": {"b": [1, 2.5, null]}}', { a: { b: [1, 2.5, null] } }],
  ['at: 2026-11-25\nyes: no\n', { at: '2026-11-25', yes: 'no' }],
  ['a: &x [1]\nb: *x\n', { a: [1], b: [1] }],
  ['a: !!str 5\n', { a: '5' }],
  ['a: |\n  two\n  lines\n', { a: 'two\nlines\n' }],
  ['7: x\n', { 7: 'x' }],
  ['', null],
  ['# nothing\n', null],
  ['%YAML 1.1\n---\na: yes\n<<: {b: 1}\n', { a: 'yes', '<<': { b: 1 } }],
])('%j is read', (text, value) => expect(parse(text)).toEqual(value));

test('a key that is called like a prototype is a key', () => {
  const found = parse('__proto__: {harmed: 1}\n') as object;
  expect(Object.keys(found)).toEqual(['__proto__']);
  expect(Reflect.get({}, 'harmed')).toBeUndefined();
});

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const many = (nodes: number) => JSON.stringify(Array<number>(nodes - 1).fill(1));
const aliases = (count: number) => `a: &x 1\nb: [${'*x,'.repeat(count)}]`;

test('what is just within the limits is read', () => {
  expect(parse(`a: ${' '.repeat(YAML_LIMITS.bytes - 4)}1`)).toEqual({ a: 1 });
  expect(parse(deep(YAML_LIMITS.depth))).toEqual(JSON.parse(deep(YAML_LIMITS.depth)));
  expect(parse(many(YAML_LIMITS.nodes))).toHaveLength(YAML_LIMITS.nodes - 1);
  expect(parse(aliases(YAML_LIMITS.aliases))).toMatchObject({ a: 1 });
});

const laughs = [
  'a0: &a0 [x]',
  ...Array.from({ length: 9 }, (_, k) => `a${k + 1}: &a${k + 1} [${`*a${k},`.repeat(9)}]`),
].join('\n');

test.each([
  ['too long', `a: ${' '.repeat(YAML_LIMITS.bytes - 3)}1`, '1:1 has 262145 bytes or more: expected at most 262144'],
  ['too long in bytes', `a: ${'é'.repeat(YAML_LIMITS.bytes / 2)}`, '1:1 has 262147 bytes or more'],
  ['too deep', deep(YAML_LIMITS.depth + 1), '1:33 is deeper than 32 levels'],
  ['far too deep', deep(120_000), 'is deeper than 32 levels'],
  ['too deep in blocks', '- '.repeat(100), 'is deeper than 32 levels'],
  ['too deep in maps', Array.from({ length: 40 }, (_, k) => `${' '.repeat(k)}k:`).join('\n'), 'is deeper than 32 levels'],
  ['too many values in a row', '""'.repeat(50_000), '1:3 stands behind a value: expected one value'],
  ['too many comments', '#\n'.repeat(60_000), 'has more than 60000 parts'],
  ['too many brackets that close nothing', '}'.repeat(200_000), 'Unexpected flow-map-end'],
  ['too many nodes', many(YAML_LIMITS.nodes + 1), 'has more than 10000 nodes'],
  ['too many keys', Array.from({ length: 6_000 }, (_, k) => `k${k}: 1\n`).join(''), '5000:8 has more than 10000 nodes'],
  ['too many aliases', aliases(101), 'has more than 100 aliases'],
  ['aliases of aliases', laughs, 'Excessive alias count'],
  ['an alias of itself', 'a: &x\n  b: *x\n', '2:6 *x stands in what it refers to'],
  ['an alias of nothing', 'a: 1\nb: *x\n', '2:4 refers to *x: expected an anchor before it'],
  ['two documents', 'a: 1\n---\nb: 2\n', 'begins a second document: expected one'],
  ['a key twice', 'a: 1\nb: 2\na: 3\n', '3:1 Map keys must be unique'],
  ['a list as a key', '? [a]\n: 1\n', '1:3 With stringKeys, all keys must be strings'],
  ['a tag of its own', 'a: !ruby/object x\n', '1:4 Unresolved tag: !ruby/object'],
  ['a binary tag', 'a: 1\nb: !!binary aGk=\n', '2:4 Unresolved tag'],
  ['a directive nobody knows', '%WHAT 1\n---\na: 1\n', '1:1 Unknown directive %WHAT'],
  ['a tab', 'a:\n\tb: 1\n', '2:1 Tabs are not allowed as indentation'],
  ['a list that is not closed', 'a: [1,\n', 'must'],
  ['two values', '1\n2: 3\n', 'Implicit keys need to be on a single line'],
])('%s is refused with its place', (_name, text, words) => {
  const failed = () => parse(text);
  expect(failed).toThrow(YamlError);
  expect(failed).toThrow(/^a\.yaml:\d+:\d+ /);
  expect(failed).toThrow(words);
});

test('an error has its line and column', () => {
  try {
    parse('a: 1\nb: 2\n a: 3\n');
    throw new Error('nothing was refused');
  } catch (error) {
    expect(error).toBeInstanceOf(YamlError);
    expect((error as YamlError).line).toBeGreaterThan(1);
    expect((error as YamlError).column).toBeGreaterThan(0);
  }
});

const schema = z.strictObject({
  id: z.string(),
  metrics: z.array(z.strictObject({ name: z.string(), role: z.enum(['success', 'guardrail']) })),
  'a.b': z.strictObject({ c: z.number() }).optional(),
  more: z.strictObject({ n: z.number() }).optional(),
});

const METRICS = 'id: x\nmetrics:\n  - name: orders\n    role: success\n';

test.each([
  ['a value', `${METRICS}  - name: n\n    role: x\n`, '6:11 metrics.1.role is "x": Invalid option'],
  ['a field that is not known', `${METRICS}  - nme: n\n    name: n\n    role: success\n`, '5:5 metrics.1.nme is not a known field'],
  ['a field that is not known, of the whole', `${METRICS}foo: [1]\n`, '5:1 foo is not a known field'],
  ['a field that is missing, at what lacks it', `${METRICS}  - role: success\n`, '5:5 metrics.1.name is missing'],
  ['a field without a value', 'id:\nmetrics: []\n', '1:4 id is null'],
  ['a name with a dot in it', 'id: x\nmetrics: []\na.b:\n  c: x\n', '4:6 a.b.c is "x"'],
  ['a value behind an alias', 'more: &m\n  n: x\nid: x\nmetrics: []\n', '2:6 more.n is "x"'],
  ['the whole', '[1]', '1:1 (root) is [1]'],
  ['nothing', '', '1:1 (root) is null'],
  ['JSON', '{"id": "x",\n "metrics": [{"name": "n",\n "role": 1}]}', '3:10 metrics.0.role is 1'],
])('a schema names the place of %s', (_name, text, words) => {
  const failed = () => parseYamlWith(schema, text, 'a.yaml');
  expect(failed).toThrow(SchemaError);
  expect(failed).toThrow(`a.yaml:${words}`);
});

test('every issue has a line of its own, and what is right is returned', () => {
  expect(() => parseYamlWith(schema, 'id: 1\nmetrics: {}\n', 'a.yaml')).toThrow(
    /^a\.yaml:1:5 id is 1: .*\na\.yaml:2:10 metrics is \{\}: [^\n]*$/,
  );
  expect(parseYamlWith(schema, METRICS, 'a.yaml').metrics).toEqual([{ name: 'orders', role: 'success' }]);
});

test('of very many issues the first are told with their places, and how many more there are', () => {
  const text = `id: x\nmetrics: [${'1,'.repeat(60)}]\n`;
  const lines = (() => {
    try {
      return [parseYamlWith(schema, text, 'a.yaml')];
    } catch (error) {
      return (error as Error).message.split('\n');
    }
  })();
  expect(lines).toHaveLength(51);
  expect(lines[49]).toMatch(/^a\.yaml:2:\d+ metrics\.49 is 1: /);
  expect(lines[50]).toBe('a.yaml: 10 more');
});
