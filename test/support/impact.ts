import type { Conversion, ImpactSpec, RecommendationEvent } from '../../src/contracts';
import { groupAt } from '../../src/domain/impact';
import { impactSpecSchema } from '../../src/schemas';
import type { ImpactSpecInput } from '../../src/schemas';

/** What tests of impact begin with: a day's window, no covariate, groups of ten users at least. */
export function impactSpec(model: string, change: Partial<ImpactSpecInput> = {}): ImpactSpec {
  return impactSpecSchema.parse({
    model,
    clock: 'data',
    start: '2026-01-01',
    attributionWindow: '1d',
    controlGroupSize: 0.5,
    currency: 'EUR',
    lookBack: null,
    minimumUsers: 10,
    ...change,
  });
}

/** The first control group of a spec. */
export function firstGroups({ rotation, controlGroupSize, start }: ImpactSpec) {
  return [{ rotation, controlGroupSize, from: start }];
}

/** A recommendation event, shown on the day and hour given. */
export function shown(eventId: string, userId: string, at: string): RecommendationEvent {
  return { eventId, userId, items: ['a', 'b'], at: new Date(`${at}Z`).toISOString(), modelVersion: 1 };
}

/** An order. */
export function order(
  conversionId: string,
  userId: string,
  at: string,
  revenue: number,
  change: Partial<Conversion> = {},
): Conversion {
  return { conversionId, userId, at: new Date(`${at}Z`).toISOString(), revenue, ...change };
}

/** So many users of a group, by the hash: `u0`, `u3`, … */
export function usersOf(spec: ImpactSpec, group: 'control' | 'treatment', count: number): string[] {
  const users: string[] = [];
  for (let k = 0; users.length < count; k += 1) {
    if (groupAt(firstGroups(spec), spec.model, `u${k}`, spec.start)?.group === group) users.push(`u${k}`);
  }
  return users;
}

/** What users are shown in a month and what they order: treated users spend 20 to 29, control users 10 to 19. */
export function tradeOf(spec: ImpactSpec, month: string, count: number) {
  const groups = [
    ['treatment', 20],
    ['control', 10],
  ] as const;
  return groups.map(([group, base]) => {
    const users = usersOf(spec, group, count);
    const events = users.map((user) => shown(`${month}-${user}`, user, `${month}-05T10:00`));
    const orders = users.map((user, k) => order(`${month}-${user}`, user, `${month}-05T12:00`, base + (k % 10)));
    return { group, events, orders };
  });
}
