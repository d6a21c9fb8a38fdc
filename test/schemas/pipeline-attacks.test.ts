/** YAML that means harm is read in a process of its own, which has to live through all of it. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fateOf, SAMPLE_PIPELINE, yamlOf } from '../support/pipelines';
import { HOSTILE_TEMPLATES, HOSTILE_VALUES } from '../support/attacks';
import { HOSTILE_YAML } from '../support/attacks-yaml';

/** Of one text in the child: a time limit, not a measurement; the machine of the tests may be busy. */
const CPU_LIMIT_MS = 2_000;

interface Fate {
  readonly fate: string;
  readonly cpu: number;
}

async function inChild(texts: readonly string[]): Promise<{ code: number | null; fates: Fate[] }> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, '../support/attack-child.ts')], {
    timeout: 90_000,
    killSignal: 'SIGKILL',
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stdin.end(texts.map((text) => `${JSON.stringify(text)}\n`).join(''));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, fates: out.split('\n').filter(Boolean).map((line) => JSON.parse(line) as Fate) };
}

test('every hostile text is refused with its place, none kills or holds up its reader', async () => {
  const { code, fates } = await inChild([...HOSTILE_YAML, ...HOSTILE_YAML, SAMPLE_PIPELINE]);
  expect(code).toBe(0);
  expect(fates).toHaveLength(HOSTILE_YAML.length * 2 + 1);
  const accepted = HOSTILE_YAML.filter((_, k) => fates[k]!.fate !== 'refused').map((text) => text.slice(0, 200));
  expect(accepted).toEqual([]);
  expect(fates.at(-1)!.fate).toBe('accepted');
  expect(Math.max(...fates.map(({ cpu }) => cpu))).toBeLessThan(CPU_LIMIT_MS);
});

test('values in quotes change no structure, templates that are none are refused, where a value may stand', () => {
  for (const value of HOSTILE_VALUES.filter((one) => !one.includes('{{')))
    expect([value, fateOf(yamlOf(`inputs: [{ name: i, value: ${JSON.stringify(value)} }]`))]).toEqual([value, 'accepted']);
  for (const text of HOSTILE_TEMPLATES)
    expect([text, fateOf(yamlOf(`inputs: [{ name: i, value: ${JSON.stringify(text)} }]`))]).toEqual([text, 'refused']);
});

const PLACES: readonly (readonly [string, (text: string) => string])[] = [
  ['an image', (text) => yamlOf().replace('a:v1', text)],
  ['a name', (text) => yamlOf().replace('name: a\n', `name: ${text}\n`)],
  ['a key', (text) => yamlOf(`hyperparameters: { ${text}: 1 }`)],
  ['a command', (text) => yamlOf(`command: [sh, -c, ${text}]`)],
  ['an argument', (text) => yamlOf(`args: [${text}]`)],
  ['a path', (text) => yamlOf(`outputs: [{ name: o, path: ${text} }]`)],
  ['a resource', (text) => yamlOf(`resources: { cpu: ${text} }`)],
  ['a time', (text) => yamlOf(`timeout: ${text}`)],
  ['an environment', (text) => yamlOf(`deployment: { strategy: direct, environment: ${text} }`)],
  ['a secret', (text) => yamlOf(`secrets: [{ name: K, ref: ${text} }]`)],
  ['what undoes a stage', (text) => yamlOf(`compensate: { image: u, args: [${text}] }`)],
];

test.each(PLACES)('%s takes no template, not even a good one', (_place, write) => {
  for (const text of ['{{ .Date }}', '{{ .Params.p }}', 'x{{ .Params.n }}', '{{', ...HOSTILE_TEMPLATES.slice(0, 20)])
    expect(fateOf(write(JSON.stringify(text)))).toBe('refused');
});
