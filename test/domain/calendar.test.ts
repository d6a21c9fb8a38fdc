import { DATE_LAYOUTS } from '../../src/contracts';
import { addDays, dayIn, formatDay, timeOf, wallClock } from '../../src/domain/calendar';

const at = (text: string) => Date.parse(text);
const iso = (time: number) => new Date(time).toISOString();

test.each([
  ['2026-11-24T23:30:00.000Z', 'UTC', '2026-11-24'],
  ['2026-11-24T23:30:00.000Z', 'Europe/Berlin', '2026-11-25'],
  ['2026-11-25T01:30:00.000Z', 'America/New_York', '2026-11-24'],
  ['2026-11-24T12:30:00.000Z', 'Pacific/Kiritimati', '2026-11-25'],
  ['2026-07-01T22:30:00.000Z', 'Europe/Berlin', '2026-07-02'],
  ['2026-07-01T18:30:00.000Z', 'Asia/Kolkata', '2026-07-02'],
])('%s is in %s the day %s', (instant, zone, day) => expect(dayIn(instant, zone)).toBe(day));

test('a wall clock keeps what is less than a second, before 1970 too', () => {
  expect(wallClock(at('2026-07-01T10:00:00.250Z'), 'Europe/Berlin')).toBe(at('2026-07-01T12:00:00.250Z'));
  expect(wallClock(at('1969-07-01T10:00:00.250Z'), 'America/New_York')).toBe(at('1969-07-01T06:00:00.250Z'));
  expect(() => wallClock(0, 'Nowhere/Else')).toThrow(RangeError);
});

test.each([
  ['an ordinary time', '2026-06-01T02:30:00Z', 'Europe/Berlin', '2026-06-01T00:30:00.000Z'],
  [
    'the time after the one that is left out in spring',
    '2026-03-29T03:00:00Z',
    'Europe/Berlin',
    '2026-03-29T01:00:00.000Z',
  ],
  ['one that is left out, as another', '2026-03-29T02:30:00Z', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ['east of Greenwich the second of autumn', '2026-10-25T02:30:00Z', 'Europe/Berlin', '2026-10-25T01:30:00.000Z'],
  ['west of it the first', '2026-11-01T01:00:00Z', 'America/New_York', '2026-11-01T05:00:00.000Z'],
  ['UTC as it is', '2026-03-29T02:30:00Z', 'UTC', '2026-03-29T02:30:00.000Z'],
])('%s', (_name, wall, zone, time) => expect(iso(timeOf(at(wall), zone))).toBe(time));

test('every hour of a year is found again, in zones with and without summer time', () => {
  for (const zone of ['Europe/Berlin', 'America/Sao_Paulo', 'Asia/Kathmandu']) {
    for (let hour = 0; hour < 366 * 24; hour += 5) {
      const time = at('2026-01-01T00:00:00Z') + hour * 3_600_000;
      const wall = wallClock(time, zone);
      // Of an hour that comes twice it may be the other one, at which the clock shows the same.
      expect(wallClock(timeOf(wall, zone), zone)).toBe(wall);
      expect(Math.abs(timeOf(wall, zone) - time)).toBeLessThanOrEqual(3_600_000);
    }
  }
});

test.each([
  ['2026-03-01', -1, '2026-02-28'],
  ['2024-03-01', -1, '2024-02-29'],
  ['2026-12-31', 1, '2027-01-01'],
  ['2026-03-29', 1, '2026-03-30'],
  ['2026-11-25', 0, '2026-11-25'],
  ['2026-11-25', -36_600, '1926-09-11'],
])('%s and %d days is %s', (day, days, later) => expect(addDays(day, days)).toBe(later));

test.each([
  ['2026-01-02', ['2026-01-02', '2026/01/02', '20260102', '2026-01', '202601', '2026', '01', '02']],
  ['2002-10-30', ['2002-10-30', '2002/10/30', '20021030', '2002-10', '200210', '2002', '10', '30']],
])('%s in every layout', (day, shown) => expect(DATE_LAYOUTS.map((layout) => formatDay(day, layout))).toEqual(shown));
