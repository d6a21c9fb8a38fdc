import type { Instant } from '../contracts';
import { timeOf, wallClock } from './calendar';

/** Minutes, hours, days of the month, months and days of the week at which a schedule fires; Sunday is 0. */
export interface Cron {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS = [
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day of the month', min: 1, max: 31, names: [] },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of the week', min: 0, max: 7, names: WEEKDAYS },
] as const;

type Field = (typeof FIELDS)[number];

/** Between two days that fire lie at most eight years: 29 February, past a year that has none. */
const HORIZON_DAYS = 9 * 366;
const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];

/**
 * Reads five fields: `*`, numbers, ranges, lists, steps, and names of months and weekdays. Day of the month and day of
 * the week are not both restricted: some schedulers then want both, some want either.
 * @throws RangeError saying which field is wrong
 * @example parseCron('0 2 * * MON-FRI')
 */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/[ \t]+/);
  if (fields.length !== 5)
    throw new RangeError(
      `expected five fields (minute hour day-of-month month day-of-week), these are ${fields.length}`,
    );
  const [minutes, hours, days, months, given] = fields.map((field, k) => valuesOf(field, FIELDS[k]!)) as [
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
  ];
  if (fields[2] !== '*' && fields[4] !== '*')
    throw new RangeError('expected "*" for the day of the month or for the day of the week');
  const weekdays = new Set([...given].map((weekday) => weekday % 7));
  const cron = { minutes, hours, days, months, weekdays };
  // A leap year has every day that there can be.
  const some = Array.from({ length: 366 }, (_, k) => Date.UTC(2024, 0, 1) + k * DAY_MS);
  if (!some.some((day) => firesOn(cron, day)))
    throw new RangeError('expected a day that there is: no month of these has it');
  return cron;
}

/**
 * The next times after an instant, as Temporal's schedules have them: a time that the clocks are put forward over is
 * left out. Of the hour that comes twice in autumn all fires come twice west of Greenwich; east of it Temporal takes the
 * second one, and repeats the hour before it in the place of the first.
 */
export function nextFires(cron: Cron, zone: string, after: Instant, count: number): Instant[] {
  const fires: number[] = [];
  for (let time = nextFire(cron, zone, Date.parse(after)); fires.length < count && time !== null;) {
    fires.push(time);
    time = nextFire(cron, zone, time);
  }
  return fires.map((time) => new Date(time).toISOString());
}

function nextFire(cron: Cron, zone: string, after: number): number | null {
  const now = wallClock(after, zone);
  const minutes = [...cron.minutes].sort((a, b) => a - b);
  let hour = floor(now, HOUR_MS);
  let from = Math.floor((now - hour) / MINUTE_MS) + 1;
  // Whether the hour is gone through a second time.
  let again = floor(wallClock(after - HOUR_MS, zone), HOUR_MS) === hour;
  for (const end = now + HORIZON_DAYS * DAY_MS; hour < end;) {
    const day = floor(hour, DAY_MS);
    const fires = firesOn(cron, day) && cron.hours.has((hour - day) / HOUR_MS);
    const minute = fires ? minutes.find((one) => one >= from) : undefined;
    from = 0;
    if (minute !== undefined) {
      const time = timeOf(hour + minute * MINUTE_MS, zone);
      if (floor(wallClock(time, zone), HOUR_MS) === hour) return again ? time + HOUR_MS : time;
      hour += HOUR_MS;
    } else if (fires && !again && timeOf(hour + HOUR_MS, zone) - timeOf(hour, zone) > HOUR_MS) {
      again = true;
    } else {
      again = false;
      hour = firesOn(cron, day) ? hour + HOUR_MS : day + DAY_MS;
    }
  }
  return null;
}

function floor(time: number, unit: number): number {
  return Math.floor(time / unit) * unit;
}

function firesOn({ days, months, weekdays }: Cron, midnight: number): boolean {
  const day = new Date(midnight);
  return months.has(day.getUTCMonth() + 1) && days.has(day.getUTCDate()) && weekdays.has(day.getUTCDay());
}

function valuesOf(text: string, field: Field): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [, from, to, step] = /^(\*|\w{1,3})(?:-(\w{1,3}))?(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    if (from === undefined || (from === '*' && to !== undefined)) throw wrong(part, field);
    const first = from === '*' ? field.min : numberOf(from, part, field);
    // `5/15` begins at 5 and goes on to the end.
    const open = from === '*' || (to === undefined && step !== undefined);
    const last = open ? field.max : to === undefined ? first : numberOf(to, part, field);
    const by = Number(step ?? 1);
    if (last < first || by < 1) throw wrong(part, field);
    for (let value = first; value <= last; value += by) values.add(value);
  }
  return values;
}

function numberOf(text: string, part: string, field: Field): number {
  const place = (field.names as readonly string[]).indexOf(text.toLowerCase());
  const value = place >= 0 ? place + field.min : /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (!(value >= field.min && value <= field.max)) throw wrong(part, field);
  return value;
}

function wrong(part: string, { name, min, max, names }: Field): RangeError {
  const named = names.length === 0 ? '' : ` or ${names[0]!.toUpperCase()} to ${names.at(-1)!.toUpperCase()}`;
  return new RangeError(
    `expected ${min} to ${max}${named} for the ${name}, as *, 1, 1-3, 1,3 or */5; this is "${part}"`,
  );
}
