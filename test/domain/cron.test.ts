import { nextFires, parseCron } from '../../src/domain/cron';

const fires = (cron: string, zone: string, after: string, count = 5) => nextFires(parseCron(cron), zone, after, count);
const sorted = (values: ReadonlySet<number>) => [...values].sort((a, b) => a - b);

test.each([
  ['0 2 * * *', { minutes: [0], hours: [2] }],
  ['*/15 * * * *', { minutes: [0, 15, 30, 45] }],
  ['50/5 8-10 * * *', { minutes: [50, 55], hours: [8, 9, 10] }],
  ['0,30 1-23/8 * * *', { minutes: [0, 30], hours: [1, 9, 17] }],
  ['0 0 1 jan,JUL *', { days: [1], months: [1, 7] }],
  ['0 0 * * MON-FRI', { weekdays: [1, 2, 3, 4, 5] }],
  ['0 0 * * 7', { weekdays: [0] }],
  ['0 0 * * 5-7', { weekdays: [0, 5, 6] }],
  ['  5\t4  * * *  ', { minutes: [5], hours: [4] }],
  ['0 0 29 2 *', { days: [29], months: [2] }],
])('%s is read', (text, expected) => {
  const cron = parseCron(text);
  for (const [field, values] of Object.entries(expected))
    expect(sorted(cron[field as keyof typeof cron])).toEqual(values);
});

test.each([
  ['', 'five fields'],
  ['0 2 * *', 'these are 4'],
  ['0 0 2 * * *', 'these are 6'],
  ['@daily', 'five fields'],
  ['60 * * * *', '0 to 59 for the minute'],
  ['* 24 * * *', '0 to 23 for the hour'],
  ['0 0 0 * *', '1 to 31 for the day of the month'],
  ['0 0 * 13 *', '1 to 12 or JAN to DEC for the month'],
  ['0 0 * * 8', '0 to 7 or SUN to SAT for the day of the week'],
  ['5-1 * * * *', 'this is "5-1"'],
  ['*/0 * * * *', 'this is "*/0"'],
  ['*-5 * * * *', 'this is "*-5"'],
  ['1,,2 * * * *', 'this is ""'],
  ['1e1 * * * *', 'this is "1e1"'],
  ['-1 * * * *', 'this is "-1"'],
  ['x * * * *', 'this is "x"'],
  ['0 0 L * *', 'this is "L"'],
  ['0 0 * * 1#2', 'this is "1#2"'],
  ['0 0 1 * MON', 'for the day of the month or for the day of the week'],
  ['0 0 31 4 *', 'no month of these has it'],
  ['0 0 30 2 *', 'no month of these has it'],
  ['TZ=UTC 0 2 * * *', 'these are 6'],
])('%j is refused', (text, words) => {
  expect(() => parseCron(text)).toThrow(RangeError);
  expect(() => parseCron(text)).toThrow(words);
});

test('the time itself is over, and the year goes on', () => {
  expect(fires('0 2 * * *', 'UTC', '2026-12-31T02:00:00.000Z', 2)).toEqual([
    '2027-01-01T02:00:00.000Z',
    '2027-01-02T02:00:00.000Z',
  ]);
  expect(fires('0 2 * * *', 'UTC', '2026-12-31T01:59:59.999Z', 1)).toEqual(['2026-12-31T02:00:00.000Z']);
});

test('in spring the time that is left out does not come', () => {
  expect(fires('30 2 * * *', 'Europe/Berlin', '2026-03-27T12:00:00.000Z', 3)).toEqual([
    '2026-03-28T01:30:00.000Z',
    '2026-03-30T00:30:00.000Z',
    '2026-03-31T00:30:00.000Z',
  ]);
});

test('in autumn the time comes twice west of Greenwich, and the second time only east of it', () => {
  expect(fires('30 1 * * *', 'America/New_York', '2026-10-31T12:00:00.000Z', 3)).toEqual([
    '2026-11-01T05:30:00.000Z',
    '2026-11-01T06:30:00.000Z',
    '2026-11-02T06:30:00.000Z',
  ]);
  expect(fires('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00.000Z', 2)).toEqual([
    '2026-10-25T01:30:00.000Z',
    '2026-10-26T01:30:00.000Z',
  ]);
});

test('a time that no change touches keeps its wall clock', () => {
  expect(fires('0 9 * * *', 'America/New_York', '2026-03-07T12:00:00.000Z', 3)).toEqual([
    '2026-03-07T14:00:00.000Z',
    '2026-03-08T13:00:00.000Z',
    '2026-03-09T13:00:00.000Z',
  ]);
});

test('every quarter of an hour is one, over the change of spring, and over that of autumn in New York', () => {
  for (const [zone, start] of [
    ['Europe/Berlin', '2026-03-28T20:00:00.000Z'],
    ['America/New_York', '2026-10-31T20:00:00.000Z'],
    ['UTC', '2026-10-24T20:00:00.000Z'],
  ] as const) {
    const times = fires('*/15 * * * *', zone, start, 60).map((time) => Date.parse(time));
    expect(times).toHaveLength(60);
    times.forEach((time, k) => expect(time).toBe(Date.parse(start) + (k + 1) * 900_000));
  }
});

test('days that are rare are found: leap days, past 2100 too, and weekdays', () => {
  expect(fires('0 0 29 2 *', 'UTC', '2026-01-01T00:00:00.000Z', 2)[0]).toBe('2028-02-29T00:00:00.000Z');
  expect(fires('0 0 29 2 *', 'UTC', '2096-03-01T00:00:00.000Z', 1)).toEqual(['2104-02-29T00:00:00.000Z']);
  expect(fires('0 0 * * SUN', 'UTC', '2026-11-25T00:00:00.000Z', 2)).toEqual([
    '2026-11-29T00:00:00.000Z',
    '2026-12-06T00:00:00.000Z',
  ]);
});
