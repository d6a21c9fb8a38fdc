import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { DesignResult, ExperimentDesign } from '../../src/contracts';
import type { Bench } from '../monitors/bench';
import { loadEngines } from '../monitors/library';
import { atMost, timed } from '../monitors/result';
import type { Result } from '../monitors/result';
import { assign, experimentDesignSchema } from './library';

const DAYS = 28;
const USERS = 20_000;
const DAY = 86_400_000;
const MOST_SECONDS = 5;

/** Four weeks of daily looks on the wall clock, by the server that skips time. */
export async function fourWeeks(bench: Bench): Promise<Result[]> {
  const { path } = await loadEngines().findExecutable('temporal-test-server');
  const executable = { type: 'existing-path', path } as const;
  const place = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  bench.atEnd(() => place.teardown());
  const loop = await bench.loop({ place: { address: place.address, temporal: place.client } });
  const start = (await place.currentTimeMs()) + 60_000;
  const design: ExperimentDesign = experimentDesignSchema.parse({
    id: 'four-weeks',
    hypothesis: 'nothing differs',
    owner: 'bench',
    start: new Date(start).toISOString(),
    duration: `${DAYS}d`,
    variants: [
      { name: 'control', weight: 0.5 },
      { name: 'new', weight: 0.5 },
    ],
    sequential: { kind: 'always-valid' },
    metrics: [
      { name: 'orders', role: 'success', type: 'proportion', source: { kind: 'event', event: 'order' } },
      ...[
        {
          name: 'errors',
          role: 'guardrail',
          type: 'proportion',
          source: { kind: 'event', event: 'error' },
          margin: 0.1,
        },
      ],
    ],
  });
  const known = [{ design, running: true, coverage: 1, dropped: [] }];
  const at = (user: number) => new Date(start + Math.floor((user / USERS) * DAYS * DAY)).toISOString();
  const units = Array.from({ length: USERS }, (_, user) => ({ unit: `user-${user}`, at: at(user) }));
  const exposures = units.map(({ unit, at: met }) => ({
    experiment: design.id,
    unit,
    variant: assign(known[0]!, unit, {}).variant!,
    at: met,
  }));
  await loop.stores.assignments.expose(exposures, known);
  const orders = units.filter((_, user) => user % 10 === 0);
  await loop.stores.metricEvents.track(
    orders.map(({ unit, at: met }, k) => ({ eventId: `order-${k}`, unit, event: 'order', value: 1, at: met })),
  );
  const { ms, result } = await timed(async () => {
    await loop.client.experiments.create(design);
    return loop.client.experiments.handle(design.id).result() as Promise<DesignResult>;
  });
  const record = await loop.client.experiments.record(design.id);
  await loop.close();
  const note = `${record!.looks.length} looks over ${DAYS} days at ${USERS} units, ended as ${result.decision}`;
  const work = `an experiment of ${DAYS} days with daily looks, start to end, in the server that skips time`;
  return [atMost(work, { value: ms / 1_000, unit: 's', goal: MOST_SECONDS }, { ms }, [note])];
}
