import type { Conversion, ImpactGroupSums, RecommendationEvent } from '../../src/contracts';
import type { GroupedEvent } from '../../src/stores';
import { seeded } from '../library';
import { inChunks } from './chunks';
import type { Bench, Room } from '../monitors/bench';
import { atMost, median, shown, timed } from '../monitors/result';
import type { Result } from '../monitors/result';
import { groupAt } from './library';

const USERS = 200_000;
const EVENTS = 1_000_000;
const ORDERS = 100_000;
const ROUNDS = 3;
const MOST_SECONDS = 30;
const DAY = 86_400_000;
const MODEL = 'bench-shop';
const FROM = '2026-03-01T00:00:00.000Z';
const TO = '2026-04-01T00:00:00.000Z';
const START = Date.parse(FROM);
const WORK =
  '1e6 recommendations of 2e5 users and 1e5 orders in MongoDB → the sums of a month’s business report, with CUPED';

/** What a month's report costs, from every event of the month. */
export async function monthOfImpact(bench: Bench): Promise<Result[]> {
  const room = await bench.room();
  const { impactEvents } = room.stores;
  const written = await timed(async () => {
    await inChunks(events(), (rows) => impactEvents.recommend(MODEL, rows));
    await inChunks(orders(), (rows) => impactEvents.convert(MODEL, rows));
  });
  const rounds: number[] = [];
  const found = new Set<string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const { ms, result } = await timed(() => sums(room));
    rounds.push(ms / 1_000);
    found.add(JSON.stringify(result));
    check(result);
  }
  if (found.size > 1) throw new Error('the same events gave different sums');
  const rate = shown(((EVENTS + ORDERS) / written.ms) * 1_000);
  const notes = [`${rounds.map(shown).join(', ')} s; stored before: ${rate} events and orders per second`];
  return [atMost(WORK, { value: median(rounds), unit: 's', goal: MOST_SECONDS }, rounds, notes)];
}

function sums({ stores }: Room): Promise<Readonly<Record<'control' | 'treatment', ImpactGroupSums>>> {
  const covariate = { from: new Date(START - 28 * DAY).toISOString(), to: FROM };
  return stores.impactSums.read({ model: MODEL, shown: { from: FROM, to: TO }, windowMs: 7 * DAY, covariate });
}

/** Every recommendation is in one group, and every order of the month follows one. */
function check({ control, treatment }: Awaited<ReturnType<typeof sums>>): void {
  const events = control.totals.events + treatment.totals.events;
  const counted = control.totals.orders + treatment.totals.orders;
  if (events !== EVENTS || counted !== (ORDERS * 3) / 4)
    throw new Error(`${events} recommendations and ${counted} orders were counted`);
}

/** When the k-th recommendation is shown, and to whom: the same for its order. */
function shownAs(k: number): { readonly userId: string; readonly at: number } {
  return { userId: `user-${(k * 7_919) % USERS}`, at: START + Math.floor((k / EVENTS) * 31 * DAY) };
}

function* events(): Generator<GroupedEvent> {
  const groups = [{ rotation: 'first', controlGroupSize: 0.1, from: FROM }];
  for (let k = 0; k < EVENTS; k += 1) {
    const { userId, at: time } = shownAs(k);
    const at = new Date(time).toISOString();
    const event: RecommendationEvent = { eventId: `event-${k}`, userId, items: ['a', 'b', 'c'], at, modelVersion: 1 };
    yield { ...event, ...groupAt(groups, MODEL, userId, at)! };
  }
}

/** Three of four follow a recommendation within its window, every fourth of them by name; the rest come before all. */
function* orders(): Generator<Conversion> {
  const draw = seeded(31);
  for (let k = 0; k < ORDERS; k += 1) {
    const place = k * (EVENTS / ORDERS);
    const { userId, at } = shownAs(place);
    const isEarly = k % 4 === 3;
    const time = isEarly ? START - 1 - Math.floor(draw() * 28 * DAY) : at + Math.floor(draw() * 6 * DAY);
    yield {
      conversionId: `order-${k}`,
      userId,
      revenue: Math.round(draw() * 10_000) / 100,
      at: new Date(time).toISOString(),
      clicked: k % 3 === 0,
      ...(k % 16 === 0 ? { recommendationId: `event-${place}` } : {}),
    };
  }
}
