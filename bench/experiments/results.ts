import type { ExperimentAnalysis } from '../../src/contracts';
import type { Bench, Room } from '../monitors/bench';
import { atLeast, atMost, median, shown, timed } from '../monitors/result';
import type { Result } from '../monitors/result';
import { Peer } from '../peer';
import { differs, firstOf } from '../row';
import { analyseSums } from './library';
import { design, EVENTS, NAMES, store, USERS } from './traffic';

const ROUNDS = 5;
const FROM = '2026-03-02T00:00:00.000Z';
const TO = '2026-03-09T00:00:00.000Z';
const AT = '2026-03-16T00:00:00.000Z';
const EPOCHS = [{ from: FROM, weights: [0.5, 0.5] }];
const WORK = '1e6 metric events of 2e5 users in MongoDB → 4 metrics × 2 variants with CUPED';

/** What the peer says of a metric: units of both variants, both means, the relative difference. */
type Theirs = readonly (readonly [number, number, number, number, number])[];

/** A full result from what is in MongoDB, ours and by way of data frames in turn. */
export function results(peers: string | null): (bench: Bench) => Promise<readonly Result[]> {
  return async (bench) => {
    const room = await bench.room();
    const stored = await store(room);
    const peer = await Peer.start(
      { name: 'experiment', work: 'experiment', args: { ...addressOf(room), experiment: design.id, names: NAMES } },
      peers,
    );
    try {
      return await inTurn(room, peer, stored);
    } finally {
      peer.stop();
    }
  };
}

async function inTurn(room: Room, peer: Peer, stored: Awaited<ReturnType<typeof store>>): Promise<Result[]> {
  await analysis(room);
  await peer.run(1);
  const [ours, theirs, detailed, raw]: [number[], number[], number[], number[]] = [[], [], [], []];
  const wrong = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const mine = await timed(() => analysis(room));
    const other = await peer.run(1);
    ours.push(mine.ms);
    theirs.push(other.times[0]!);
    detailed.push((await timed(() => analysis(room, true))).ms);
    const problem = compare(mine.result, other.result as Theirs);
    if (problem !== null) wrong.add(problem);
  }
  if (wrong.size > 0) throw new Error([...wrong].join('; '));
  for (let round = 0; round < 2; round += 1) {
    await room.db.collection('assignments').updateMany({}, { $set: { dirty: true }, $inc: { marks: 1 } });
    raw.push((await timed(() => analysis(room))).ms);
  }
  const perSecond = (values: readonly number[]): number[] => values.map((ms) => 1_000 / ms);
  const rates = { ours: perSecond(ours), theirs: perSecond(theirs) };
  const ms = (values: readonly number[]): string => `${values.map((value) => shown(value)).join(', ')} ms`;
  return [
    atLeast(WORK, 'results/s', 'pymongo → pandas → gbstats', rates, 5, [
      `from per-unit sums: ${ms(ours)}; pymongo → pandas → gbstats ${peer.version}: ${ms(theirs)}; same units, means and lifts`,
      `stored before: exposures ${shown((USERS / stored.expose) * 1_000)} per second, events ${shown((EVENTS / stored.track) * 1_000)} per second; the first fold of all ${shown(stored.fold / 1_000)} s`,
    ]),
    atMost('the same with weeks', { value: median(detailed), unit: 'ms', goal: null }, detailed),
    atMost(
      'the same ad hoc, every unit added up again from its raw events',
      { value: median(raw), unit: 'ms', goal: null },
      raw,
    ),
  ];
}

async function analysis({ stores }: Room, detailed = false): Promise<ExperimentAnalysis> {
  await stores.unitSums.fold(design);
  const window = { from: FROM, exposedTo: TO, epochs: EPOCHS };
  const sums = await stores.unitSums.read({ design, ...window, detailed });
  const looks = { kind: 'look', k: 1, planned: 1, previous: [], previousSampleRatioP: 1 } as const;
  return analyseSums(sums, { design, at: AT, ...window, ...looks, dropped: [] });
}

function compare({ comparisons }: ExperimentAnalysis, theirs: Theirs): string | null {
  return firstOf(
    comparisons.map(({ metric, units, means, lift }, k) => {
      const mine = [...units, ...means, lift?.value ?? Number.NaN];
      return firstOf(mine.map((value, at) => differs(`${metric} [${at}]`, value, theirs[k]![at]!, 1e-9, 1e-12)));
    }),
  );
}

function addressOf({ mongo, db }: Room): { readonly uri: string; readonly database: string } {
  const [host] = mongo.options.hosts;
  return { uri: `mongodb://${host!.toString()}/?directConnection=true`, database: db.databaseName };
}
