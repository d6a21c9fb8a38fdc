import type { DateLayout, Instant } from '../contracts';

const DAY_MS = 86_400_000;

/** Wall clocks of zones; one takes far longer to make than to ask. */
const clocks = new Map<string, Intl.DateTimeFormat>();

/**
 * What a wall clock of the zone shows at a time, in milliseconds as if the zone were UTC.
 * @param zone a name of the IANA database
 * @throws RangeError for a zone that is not known
 */
export function wallClock(ms: number, zone: string): number {
  if (zone === 'UTC') return ms;
  let clock = clocks.get(zone);
  if (clock === undefined) {
    const two = '2-digit';
    clock = new Intl.DateTimeFormat('en-US', {
      ...{ timeZone: zone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23' },
      ...{ year: 'numeric', month: two, day: two, hour: two, minute: two, second: two },
    });
    clocks.set(zone, clock);
  }
  const shown: Record<string, number> = {};
  for (const { type, value } of clock.formatToParts(ms)) shown[type] = Number(value);
  const { year, month, day, hour, minute, second } = shown;
  return Date.UTC(year!, month! - 1, day, hour, minute, second) + (((ms % 1_000) + 1_000) % 1_000);
}

/**
 * A time at which a wall clock shows what is asked. Of a time that comes twice it is the one whose offset holds where
 * the zone is told as if it were UTC: the first west of Greenwich, the second east of it. A time that the clocks are
 * put forward over becomes another.
 * @param wall as `wallClock` returns it
 */
export function timeOf(wall: number, zone: string): number {
  const offset = wallClock(wall, zone) - wall;
  const time = wall - offset;
  return wall - (wallClock(time, zone) - time);
}

/**
 * The calendar day of an instant in a zone.
 * @example dayIn('2026-11-24T23:30:00.000Z', 'Europe/Berlin') // '2026-11-25'
 */
export function dayIn(instant: Instant, zone: string): string {
  return new Date(wallClock(Date.parse(instant), zone)).toISOString().slice(0, 10);
}

/** So many calendar days later: a day is a day, whether it has 23, 24 or 25 hours. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** A day by one of the layouts. */
export function formatDay(day: string, layout: DateLayout): string {
  const [year, month, date] = day.split('-') as [string, string, string];
  return layout.replace(/2006|01|02/g, (part) => (part === '2006' ? year : part === '01' ? month : date));
}
