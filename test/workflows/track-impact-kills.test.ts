import type { ControlGroup, ImpactReport } from '../../src/contracts';
import { openTestLoop, workOn } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { impactSpec, order, tradeOf, usersOf } from '../support/impact';
import type { Death, Moment } from '../support/mortal-child';
import { startMortalWorker } from '../support/mortal-worker';
import { many } from '../support/rows';

jest.setTimeout(240_000);

/** A lost attempt is noticed after six seconds: so many runs wait at once. */
const AT_ONCE = 5;
const MOMENTS: readonly Moment[] = ['before', 'during', 'after'];

const deaths: Death[] = MOMENTS.flatMap((moment) => [
  { activity: 'recordImpact', visit: 1, moment },
  // The month is over; then revenue comes late.
  { activity: 'closeImpactWindows', visit: 2, moment },
  { activity: 'closeImpactWindows', visit: 3, moment },
]);

interface Run {
  readonly signal: NodeJS.Signals | null;
  readonly groups: readonly ControlGroup[];
  /** Every revision of the month, without the model's name: each run has its own. */
  readonly revisions: readonly Omit<ImpactReport, 'model'>[];
}

const opened: TestLoop[] = [];
let unharmed: Promise<Run>;
let runs: readonly Promise<Run>[] = [];

beforeAll(() => {
  unharmed = runOf(null);
  const lanes: Promise<unknown>[] = many(AT_ONCE, (k) => (k === 0 ? unharmed : Promise.resolve()));
  runs = deaths.map((death, k) => {
    const lane = (k + 1) % AT_ONCE;
    const run = lanes[lane]!.then(() => runOf(death));
    lanes[lane] = run.catch(() => undefined);
    return run;
  });
});
afterAll(async () => {
  await Promise.allSettled([unharmed, ...runs]);
  await Promise.all(opened.map((loop) => loop.close()));
});

/** A month with a rotation declared, its report, and late revenue; another worker takes over from one that dies. */
async function runOf(death: Death | null): Promise<Run> {
  const loop = await openTestLoop();
  opened.push(loop);
  const { model } = loop;
  const { impact } = loop.client;
  const worker = death === null ? null : await startMortalWorker(loop, death);
  const succession = worker === null ? workOn(loop) : worker.death.then(() => workOn(loop));
  if (worker === null) await succession;
  try {
    const spec = impactSpec(model, { minimumUsers: 20 });
    await impact.start(spec);
    const rotate = { rotation: 'second', controlGroupSize: 0.3, from: '2026-03-01T00:00:00.000Z' };
    await impact.configure(model, { rotate });
    for (const { events, orders } of tradeOf(spec, '2026-01', 30)) {
      await impact.recommend(model, events);
      await impact.convert(model, orders);
    }
    await advance(loop, '2026-01-20');
    await advance(loop, '2026-02-02');
    const [buyer] = usersOf(spec, 'treatment', 1) as [string];
    const late = order('late', buyer, '2026-01-05T13:00', 30);
    await impact.convert(model, [late]);
    await advance(loop, '2026-02-03');
    await impact.convert(model, [late]);
    await advance(loop, '2026-02-04');
    const signal = worker === null ? null : await worker.death;
    const [record] = await impact.list();
    const revisions = (await impact.revisions(model, '2026-01')).map(({ model: _model, ...report }) => report);
    await impact.close(model, { who: 'test', reason: 'all is reported' });
    return { signal, groups: record!.groups, revisions };
  } finally {
    worker?.end();
    await (
      await succession
    )();
  }
}

const advance = (loop: TestLoop, at: string) =>
  loop.client.impact.advance(loop.model, { source: 'test', at: new Date(at).toISOString() });

test('without a death the month is reported so far, for good, and once more after late revenue', async () => {
  const { revisions, groups } = await unharmed;
  expect(groups.map(({ rotation }) => rotation)).toEqual(['first', 'second']);
  expect(revisions.map(({ revision }) => revision)).toEqual([0, 1, 2]);
  expect(revisions.map(({ groups: { treatment } }) => treatment.orders)).toEqual([30, 30, 31]);
  expect(revisions[2]!.groups.treatment.revenue).toBe(revisions[1]!.groups.treatment.revenue + 30);
});

test.each(deaths.map((death, k) => [death.moment, death.activity, death.visit, k] as const))(
  'a worker killed %s %s %i leaves the same reports',
  async (_moment, _activity, _visit, k) => {
    const { signal, ...left } = await runs[k]!;
    const { signal: _none, ...whole } = await unharmed;
    expect(signal).toBe('SIGKILL');
    expect(left).toEqual(whole);
  },
);
