import type { ExperimentDesign, Exposure, MetricEvent } from '../../src/contracts';
import { seeded } from '../library';
import { inChunks } from './chunks';
import type { Room } from '../monitors/bench';
import { timed } from '../monitors/result';
import { assign, experimentDesignSchema } from './library';

export const USERS = 200_000;
export const EVENTS = 1_000_000;
const HOUR = 3_600_000;
const START = Date.parse('2026-03-02T00:00:00Z');

export const NAMES = ['revenue', 'items', 'sessions', 'minutes'] as const;

/** Two variants, four means, each adjusted by what its unit did in the two weeks before. */
export const design: ExperimentDesign = experimentDesignSchema.parse({
  id: 'bench-experiment',
  hypothesis: 'a benchmark',
  owner: 'bench',
  variants: [
    { name: 'control', weight: 0.5 },
    { name: 'new', weight: 0.5 },
  ],
  duration: '1w',
  metrics: NAMES.map((name) => ({
    name,
    role: 'success',
    type: 'mean',
    source: { kind: 'event', event: name },
    conversionWindow: '7d',
    lookBack: '14d',
  })),
});

/** Exposures in a week, and events of the two weeks before and the week after each. */
export function* exposures(): Generator<Exposure> {
  const experiment = { design, running: true, coverage: 1, dropped: [] };
  for (let user = 0; user < USERS; user += 1) {
    const unit = `user-${user}`;
    const { variant } = assign(experiment, unit, {});
    yield { experiment: design.id, unit, variant: variant!, at: new Date(exposedAt(user)).toISOString() };
  }
}

function exposedAt(user: number): number {
  return START + ((user * 7_919) % (7 * 24 * 60)) * 60_000;
}

export function* events(): Generator<MetricEvent> {
  const draw = seeded(31);
  for (let k = 0; k < EVENTS; k += 1) {
    const user = Math.floor(draw() * USERS);
    const taste = 1 + (user % 10);
    const at = new Date(exposedAt(user) + Math.floor((draw() * 21 - 14) * 24) * HOUR + 1_800_000).toISOString();
    const value = Math.round(100 * taste * (0.5 + draw())) / 100;
    yield { eventId: `event-${k}`, unit: `user-${user}`, event: NAMES[Math.floor(draw() * 4)]!, value, at };
  }
}

/** How long it took to store them and to add them up by unit, in milliseconds. */
export interface Stored {
  readonly expose: number;
  readonly track: number;
  readonly fold: number;
}

/** Stores everything as a client does that sends a lot at once. */
export async function store({ stores }: Room): Promise<Stored> {
  const known = [{ design, running: true, coverage: 1, dropped: [] }];
  const expose = await timed(() => inChunks(exposures(), (rows) => stores.assignments.expose(rows, known)));
  const track = await timed(() => inChunks(events(), (rows) => stores.metricEvents.track(rows)));
  const fold = await timed(() => stores.unitSums.fold(design));
  return { expose: expose.ms, track: track.ms, fold: fold.ms };
}
