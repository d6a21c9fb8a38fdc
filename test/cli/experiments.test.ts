import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DesignRecord } from '../../src/contracts';
import { experimentDesignSchema, parseWith } from '../../src/schemas';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { analysisAfter, designInput, onDay } from '../support/experiment-fixture';
import { modelBytes } from '../support/models';
import { operatorOf } from '../support/operator';
import type { Operator } from '../support/operator';
import { hour } from '../support/rows';

jest.setTimeout(240_000);

const EXAMPLE = join(__dirname, '../../examples/checkout.experiment.yaml');

let loop: TestLoop;
let operator: Operator;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-experiments-'));
  loop = await startTestLoop();
  operator = operatorOf(loop);
});
afterAll(async () => {
  await loop.close();
  await rm(folder, { recursive: true });
});

const ann = ['--who', 'ann', '--reason', 'a good idea'];
const idOf = (name: string) => `${loop.model}-${name}`;

async function write(name: string, value: unknown): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
}

/** A design of the test's own, declared by the command. */
async function create(name: string, change: object = {}, ...args: string[]): Promise<string> {
  const id = idOf(name);
  const file = await write(`${name}.json`, { ...designInput(id), ...change });
  await operator.json('experiment', 'create', file, ...args, '--task-queue', loop.taskQueue);
  return id;
}

const tell = async (...args: string[]) => (await operator.run('experiment', ...args)).stdout;

test('a file is declared, and what is needed and what waits is told', async () => {
  const text = (await readFile(EXAMPLE, 'utf8')).replace('checkout-2026-11', idOf('example'));
  const file = await write('example.yaml', text);
  const { stdout, stderr } = await operator.run('experiment', 'create', file, '--task-queue', loop.taskQueue);
  expect(stderr).toBe('');
  expect(stdout).toMatch(new RegExp(`^experiment +${idOf('example')}\n`, 'm'));
  expect(stdout).toMatch(/^phase +draft\n/m);
  expect(stdout).toMatch(/^exposure +not begun, 4w planned\n/m);
  expect(stdout).toMatch(/^metrics +orders \(success\); revenue \(secondary\); page-load \(guardrail\)\n/m);
  expect(stdout).toMatch(/^looks +0 of 4, α 0\.05 spent as obrien-fleming\n/m);
  expect(stdout).toMatch(/^last +none taken yet\n/m);
  expect(stdout).toMatch(
    /^success metric +baseline +units needed per arm +effect found by the end\norders +0\.12 +\d+/m,
  );
  expect(await operator.refusal('experiment', 'create', file, '--task-queue', loop.taskQueue)).toContain(
    'an id that no experiment has had',
  );
});

test('it starts now, lets more in, is made longer, loses a variant and is stopped; all of it is told', async () => {
  const id = await create('course', { ramp: [{ coverage: 0.1, hold: '1d' }] }, '--start', 'now');
  await eventually(async () => (await operator.json('experiment', 'status', id)).phase === 'running');
  expect(await tell('status', id)).toMatch(/^coverage +10 %\n[\s\S]*^next +\d{4}-\d\d-\d\d \d\d:\d\d\n/m);
  expect(await operator.json('experiment', 'ramp', id, '--coverage', '0.5', ...ann)).toMatchObject({ coverage: 0.5 });
  expect(await operator.json('experiment', 'ramp', id, ...ann)).toMatchObject({ coverage: 1 });
  const longer = await operator.json('experiment', 'extend', id, '--duration', '6w', ...ann);
  expect(Date.parse(longer.end) - Date.parse(longer.start)).toBe(6 * 7 * 86_400_000);
  expect(await tell('drop', id, 'wizard', ...ann)).toMatch(/^variants +.*wizard 25 %, takes no new units\n/m);
  const stopped = await tell('stop', id, '--decision', 'inconclusive', ...ann);
  expect(stopped).toMatch(/^phase +(decided|archived): inconclusive\n/m);
  expect(stopped).toMatch(/^because +a good idea \(ann\)\n/m);
  const { events } = await operator.json('experiment', 'status', id);
  const kinds = events.map(({ kind }: { kind: string }) => kind);
  for (const kind of ['created', 'started', 'ramped', 'extended', 'dropped', 'decided']) expect(kinds).toContain(kind);
  expect(await operator.refusal('experiment', 'ramp', id, ...ann)).not.toBe('');
});

test('a draft starts at an instant, and a file’s start gives way to the one that is given', async () => {
  const id = await create('draft');
  const at = '2099-01-01T00:00:00.000Z';
  expect(await operator.json('experiment', 'start', id, '--at', '2099-01-01', ...ann)).toMatchObject({
    phase: 'scheduled',
    start: at,
  });
  const other = await create('planned', { start: '2098-01-01' }, '--start', at);
  await eventually(async () => (await operator.json('experiment', 'status', other)).phase === 'scheduled');
  expect(await operator.json('experiment', 'status', other)).toMatchObject({ start: at, nextDueAt: at });
});

test('a peek says loudly that it is one, with what was measured so far', async () => {
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  const id = await create('peek', { ramp: [] }, '--start', ago(6));
  await eventually(async () => (await operator.json('experiment', 'status', id)).phase === 'running');
  const known = await loop.stores.designs.assignable([id]);
  const arms = ['control', 'control', 'one-page', 'wizard'] as const;
  const units = Array.from({ length: 800 }, (_, k) => ({ unit: `u${k}`, variant: arms[k % 4]! }));
  await loop.stores.assignments.expose(
    units.map((each) => ({ ...each, experiment: id, at: ago(5) })),
    known,
  );
  await loop.stores.metricEvents.track(
    units
      .filter((_, k) => k % 8 === 0 || (k % 4 === 2 && k % 10 !== 0))
      .map(({ unit }) => ({ eventId: `${id}/${unit}`, unit, event: 'order', value: 1, at: ago(4) })),
  );
  const stdout = await tell('analyse', id, ...ann);
  expect(stdout).toMatch(/^A PEEK: it spends no α and decides nothing\. Its intervals are the always-valid ones/);
  expect(stdout).toMatch(/^units +control 400; one-page 200; wizard 200\n/m);
  expect(stdout).toMatch(
    /^metric +role +variant +units +means +lift +interval +p +adjusted p +chance to win +found\n/m,
  );
  expect(stdout).toMatch(
    /^orders +success +one-page +400 \/ 200 +0\.25 \/ 0\.8 +220 % +\d\S+ % to \d\S+ % +< 0\.0001 /m,
  );
  expect(stdout).toMatch(/^orders +success +wizard +400 \/ 200 +0\.25 \/ 0 +-100 % /m);
  expect(stdout).toMatch(/^revenue +secondary +wizard .*no-variation +– +– +– +– +not judged\n/m);
  expect(stdout).toMatch(/^note: a peek claims nothing about success metrics/m);
  expect(await operator.json('experiment', 'analyse', id, ...ann)).toMatchObject({ kind: 'peek', k: null });
  expect(await operator.json('experiment', 'status', id)).toMatchObject({ phase: 'running' });
});

/** What a workflow would have recorded, without waiting four weeks for it. */
async function record(name: string): Promise<DesignRecord> {
  const { designs } = loop.stores;
  const design = parseWith(experimentDesignSchema, designInput(idOf(name)), 'design');
  const orders = { metric: 'orders', baseline: 0.12, unitsPerArm: 20_400, detectableEffect: 0.043 };
  const plan = {
    looks: 4,
    metrics: [orders],
    unitsPerDay: 3_400,
    daysNeeded: 24,
    warnings: ['no\u001bbaseline'],
    notes: ['Bonferroni'],
  };
  await designs.open(design, plan);
  const event = { at: onDay(0), kind: 'started' as const, who: 'ann', reason: 'because' };
  const window = { start: onDay(0), end: onDay(28), coverage: 1, dropped: ['wizard'] };
  await designs.publish({ id: design.id, phase: 'running', ...window, number: 1, event });
  const analysis = analysisAfter(31, 'look');
  await designs.recordAnalysis(design.id, analysis);
  const recommendation = { decision: 'ship' as const, variant: 'one-page', drop: [], reasons: ['orders is better'] };
  const { at, exposedTo, status, k } = analysis;
  const counted = { units: 105_090, byVariant: [52_545, 26_273, 26_272], sampleRatioP: 0.21 };
  const look = { kind: 'look' as const, k, at, exposedTo, status, ...counted, recommendation };
  await designs.recordLook(design.id, look);
  const { decision, variant, reasons } = recommendation;
  const span = { decidedAt: at, from: onDay(0), to: onDay(28), acted: 'nothing' as const };
  await designs.close({ id: design.id, decision, variant, reasons, ...span });
  return (await designs.find(design.id))!;
}

test('an experiment is told from its record long after its workflow, and its page is written', async () => {
  const { design } = await record('told');
  const stdout = await tell('status', design.id);
  expect(stdout).toMatch(/^phase +running: ship one-page\n/m);
  expect(stdout).toMatch(/^exposure +2026-10-05 to 2026-11-02\n/m);
  expect(stdout).toMatch(/^last +look 4 at 2026-11-05, 105090 units: ship one-page\n/m);
  expect(stdout).toMatch(/^because +orders is better\n/m);
  expect(stdout).toMatch(/^orders +0\.12 +20400 +4\.3 %\n3400 units a day/m);
  expect(stdout).toContain('3400 units a day, 24 days needed\nwarning: no baseline\nnote: Bonferroni\n');
  const file = join(folder, 'page.html');
  expect(await tell('report', design.id, '--out', file)).toBe(`report  ${file}\n`);
  const page = await readFile(file, 'utf8');
  expect(page).toContain(`Experiment ${design.id}`);
  expect(page).toContain('Ship one-page');
});

test('designs and challenges stand in one list, and a challenge has its status', async () => {
  const { design } = await record('listed');
  const { model } = loop;
  for (const key of ['1', '2']) await loop.client.models.register({ model, key, artifact: modelBytes(Number(key)) });
  await loop.client.deployments.deploy({ model }, 1, { who: 'ann', reason: 'first', effectiveAt: hour(0) });
  const challenge = {
    ...{ id: `${model}.production.1`, model, clock: 'data' as const, champion: 1, challenger: 2, start: hour(0) },
    ...{ duration: '28d', labelMaturity: '1d', allocation: 0.5, salt: 's', seed: 's-1', alpha: 0.05, earlyStop: false },
  };
  await loop.client.challenges.start(challenge);
  const rows = async (): Promise<any[]> => operator.json('experiment', 'list');
  await eventually(async () => (await rows()).some(({ id }) => id === challenge.id));
  const listed = await rows();
  expect(listed.find(({ id }) => id === design.id)).toMatchObject({
    ...{ kind: 'design', coverage: 1, units: 105_090, decision: 'ship one-page' },
  });
  expect(listed.find(({ id }) => id === challenge.id)).toMatchObject({ kind: 'challenge', units: null });
  const stdout = await tell('list');
  expect(stdout).toMatch(/^id +kind +phase +start +end +coverage +units +decision\n/);
  expect(stdout).toMatch(
    new RegExp(`^${design.id} +design +running +2026-10-05 +2026-11-02 +100 % +105090 +ship one-page\n`, 'm'),
  );
  expect(await operator.json('experiment', 'status', challenge.id)).toMatchObject({ spec: { id: challenge.id } });
});

test('a design that is wrong is refused with its line', async () => {
  const text = await readFile(EXAMPLE, 'utf8');
  const refused = async (from: string, to: string, ...args: string[]) => {
    const file = await write('wrong.yaml', text.replace(from, to));
    return (await operator.refusal('experiment', 'create', file, ...args)).replaceAll(folder, '');
  };
  const lineOf = (part: string) => text.split('\n').findIndex((line) => line.includes(part)) + 1;
  expect(await refused('role: success', 'role: sucess')).toContain(
    `/wrong.yaml:${lineOf('role: success')}:11 metrics.0.role is "sucess": `,
  );
  expect(await refused('owner:', 'ownr:')).toContain(`/wrong.yaml:${lineOf('owner:')}:1 ownr is not a known field`);
  expect(await refused('weight: 0.5 }', 'weight: 0.6 }')).toContain('expected weights that sum to 1');
  expect(await refused('owner: shop-team', 'owner: a\nowner: b')).toContain('Map keys must be unique');
  expect(await refused('clock', 'clock', '--start', 'soon')).toContain(
    '--start: (root) is "soon": expected an ISO 8601',
  );
  expect(await refused('owner:', 'clock: data\nowner:', '--start', 'now')).toContain('expected an instant of the data');
  expect(await refused('duration: 4w', 'end: 2099-01-01')).toContain('end is "2099-01-01": expected a start');
});

test.each([
  [['create', '/nowhere.yaml'], '/nowhere.yaml cannot be read'],
  [['create'], "missing required argument 'file'"],
  [['create', EXAMPLE, '--task-queue', 'nobody'], 'no worker polls the task queue "nobody"'],
  [['status', 'nobody'], 'experiment:nobody'],
  [['report', 'nobody'], 'there is no experiment "nobody" by a design'],
  [['analyse', 'nobody', '--who', 'ann'], "required option '--reason <text>' not specified"],
  [['analyse', 'nobody', ...ann], 'experiment:nobody'],
  [['start', 'nobody', '--at', 'soon', ...ann], 'at is "soon": expected an ISO 8601 day'],
  [['ramp', 'nobody', '--coverage', '2', ...ann], 'expected a share above 0, at most 1'],
  [['ramp', 'nobody', '--reason', 'r'], "required option '--who <name>' not specified"],
  [['extend', 'nobody', ...ann], "required option '--duration <duration>' not specified"],
  [['extend', 'nobody', '--duration', 'long', ...ann], 'duration is "long": expected a duration'],
  [['drop', 'nobody', ...ann], "missing required argument 'variant'"],
  [['stop', 'nobody', '--decision', 'ship', ...ann], 'Allowed choices are stop, inconclusive'],
  [['stop', 'nobody', ...ann], 'experiment:nobody'],
])('%j is refused with what is accepted', async (args, words) => {
  expect(await operator.refusal('experiment', ...args)).toContain(words);
});
