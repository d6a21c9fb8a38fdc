/** Pipelines that were broken at random: each is accepted or refused with its place, and never anything else. */
import { isMap, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, Node } from 'yaml';
import { seeded } from '../../src/cli/random';
import { fateOf, SAMPLE_PIPELINE, yamlOf } from '../support/pipelines';
import { HOSTILE_TEMPLATES, HOSTILE_VALUES } from '../support/attacks';

jest.setTimeout(600_000);

/** `LOOPWRIGHT_FUZZ=10000` for more of them. */
const SPECS = Number(process.env.LOOPWRIGHT_FUZZ ?? 600);

/** Of one text; far above what any takes, for the machine of the tests may be busy. */
const CPU_LIMIT_MS = 2_000;

const RICH = yamlOf(
  'command: [python, train.py]',
  'resources: { cpu: 500m, memory: 512Mi }',
  'outputs: [{ name: o, path: out }]',
  'hyperparameters: { rate: 0.1, layers: [1, 2], day: "{{ .Date.AddDays(-1).Format(\'20060102\') }}" }',
  'retry: { attempts: 5, interval: 1m }',
  'cache: { maxAge: 7d }',
  'forEach: { items: [north, south] }',
  'secrets: [{ name: TOKEN, ref: token }]',
  'compensate: { image: undo:v1 }',
).replace(
  /$/,
  '    - { name: b, image: b, dependsOn: [a], approval: { message: ok }, condition: "{{ .Stages.a.Success and .Params.n < 2 }}" }\n',
);

const random = seeded(8);
const below = (n: number): number => Math.floor(random() * n);
const oneOf = <T>(values: readonly T[]): T => values[below(values.length)]!;
const ODD: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e21, 2 ** 53, '', 'a', 'b', 'a.o', 'model-training', [], {}, [[]], { a: 1 }, '7d', '2Gi', '* * * * *'],
  ...['{{ .Date }}', '{{ .Params.p }}', '{{ .Item }}', '{{ .Stages.a.Success }}', '{{ true }}', 'Europe/Berlin', 'x'.repeat(3_000)],
  ...HOSTILE_VALUES,
  ...HOSTILE_TEMPLATES,
];
const LETTERS = [
  ...Array.from('{}[]:,-"\'#&*!|>%@`\n\t .0a\u2028\u0000'), '{{', '}}', '__proto__', '- ', ': ', '<<: '];

/** Letters put in, taken out or repeated. */
function scratch(text: string): string {
  const [at, length] = [below(text.length), below(12)];
  const change = below(3);
  if (change === 0) return text.slice(0, at) + oneOf(LETTERS) + text.slice(at);
  if (change === 1) return text.slice(0, at) + text.slice(at + length);
  return text.slice(0, at) + text.slice(at, at + length * 10).repeat(2) + text.slice(at);
}

/** A value, an entry or an element of the tree replaced, renamed, removed or repeated. */
function graft(text: string): string {
  const document: Document = parseDocument(text);
  const nodes: Node[] = [];
  visit(document, { Node: (_key, node) => void nodes.push(node) });
  const node = oneOf(nodes);
  if (isScalar(node)) node.value = oneOf(ODD);
  else if (isSeq(node)) {
    if (random() < 0.5) node.items.splice(below(node.items.length + 1), 1);
    else node.items.push(random() < 0.5 && node.items.length > 0 ? oneOf(node.items) : document.createNode(oneOf(ODD)));
  } else if (isMap(node) && node.items.length > 0) {
    const pair = oneOf(node.items);
    if (random() < 0.4) node.items.splice(node.items.indexOf(pair), 1);
    else pair.value = document.createNode(oneOf(ODD));
  }
  return document.toString({ lineWidth: 0 });
}

function mutant(): string {
  let text = oneOf([SAMPLE_PIPELINE, RICH]);
  const byTree = random() < 0.6;
  for (let left = 1 + below(3); left > 0; left -= 1) {
    try {
      text = byTree ? graft(text) : scratch(text);
    } catch {
      // A tree that is broken already cannot be broken as a tree.
      text = scratch(text);
    }
  }
  return text;
}

test(`${SPECS} broken pipelines are accepted or refused with their place`, () => {
  expect([fateOf(SAMPLE_PIPELINE), fateOf(RICH)]).toEqual(['accepted', 'accepted']);
  const fates = { accepted: 0, refused: 0 };
  for (let k = 0; k < SPECS; k += 1) {
    const text = mutant();
    const before = process.cpuUsage();
    try {
      fates[fateOf(text)] += 1;
    } catch (error) {
      throw new Error(`a fault of ours at pipeline ${k}:\n${text}`, { cause: error });
    }
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1_000 > CPU_LIMIT_MS) throw new Error(`too slow at pipeline ${k}:\n${text}`);
  }
  // Neither all of them nor none: what is broken has to be near what is good.
  expect(fates.accepted).toBeGreaterThan(SPECS / 50);
  expect(fates.refused).toBeGreaterThan(SPECS / 4);
  expect(Reflect.get({}, 'image')).toBeUndefined();
});
