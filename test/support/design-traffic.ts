import type { LoopwrightClient } from '../../src/client';
import type { Exposure } from '../../src/contracts';
import type { MetricEventInput } from '../../src/schemas';
import { hour } from './rows';
import { seeded } from './streams';

/** How units behave in a variant: the chance of each event by name. */
export type Behaviour = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Traffic of a test: so many units a day, spread over its hours, by turns over the variants. */
export interface Traffic {
  readonly experiment: string;
  readonly days: number;
  readonly perDay: number;
  readonly behaviour: Behaviour;
  /** Which variant the k-th unit meets; by turns unless given. */
  readonly variantOf?: (k: number) => string;
}

/** Exposes units and logs what they did within two hours of it. Returns exposures by variant. */
export async function sendTraffic(client: LoopwrightClient, traffic: Traffic): Promise<Record<string, number>> {
  const { experiment, days, perDay, behaviour } = traffic;
  const names = Object.keys(behaviour);
  const variantOf = traffic.variantOf ?? ((k: number) => names[k % names.length]!);
  const random = seeded(7);
  const exposures: Exposure[] = [];
  const events: MetricEventInput[] = [];
  const counts: Record<string, number> = {};
  for (let k = 0; k < days * perDay; k += 1) {
    const at = Math.floor((k / perDay) * 24);
    // Events belong to units, not to experiments: each experiment of a test has units of its own.
    const unit = `${experiment}/u${k}`;
    const variant = variantOf(k);
    counts[variant] = (counts[variant] ?? 0) + 1;
    exposures.push({ experiment, unit, variant, at: hour(at) });
    for (const [event, chance] of Object.entries(behaviour[variant]!)) {
      if (random() < chance) events.push({ eventId: `${experiment}/${event}/${k}`, unit, event, at: hour(at + 2) });
    }
  }
  await client.tracking.expose(exposures);
  await client.tracking.track(events);
  return counts;
}
