import { daysBetween, judgeAlarms } from '../../src/cli/backtest/truth';

const day = (text: string) => `${text}T00:00:00.000Z`;
const interval = (from: string, to: string) => ({ from: day(from), to: day(to), what: `${from} on` });
const opened = (text: string) => ({ at: day(text), opened: true });

test('an alarm inside an interval is a hit, outside it is false, an interval without one is missed', () => {
  const truth = [interval('2012-01-01', '2012-02-01'), interval('2012-03-01', '2012-04-01')];
  const judged = judgeAlarms([opened('2012-01-15'), opened('2012-02-01'), opened('2012-01-08')], truth);
  expect(judged.verdicts).toEqual(['hit', 'false', 'hit']);
  expect(judged).toMatchObject({ falseAlarms: 1, missed: 1 });
  expect(judged.truth).toEqual([
    { ...truth[0], firstAlarm: day('2012-01-08'), delayDays: 7 },
    { ...truth[1], firstAlarm: null, delayDays: null },
  ]);
});

test('the start of an interval belongs to it, its end does not', () => {
  const truth = [interval('2012-01-01', '2012-02-01')];
  expect(judgeAlarms([opened('2012-01-01')], truth).verdicts).toEqual(['hit']);
  expect(judgeAlarms([opened('2012-02-01')], truth).verdicts).toEqual(['false']);
});

test('what is found again is no further false alarm, and no missed interval', () => {
  const truth = [interval('2012-02-01', '2012-03-01')];
  const again = (text: string) => ({ at: day(text), opened: false });
  const judged = judgeAlarms([opened('2012-01-15'), again('2012-01-29'), again('2012-02-12')], truth);
  expect(judged).toMatchObject({ falseAlarms: 1, missed: 0 });
  expect(judged.verdicts).toEqual(['false', 'false', 'hit']);
});

test('without a declaration nothing is false and nothing missed; with an empty one every alarm is false', () => {
  expect(judgeAlarms([opened('2012-01-15')], undefined)).toMatchObject({
    verdicts: ['undeclared'],
    falseAlarms: null,
    missed: null,
  });
  expect(judgeAlarms([opened('2012-01-15')], [])).toMatchObject({ falseAlarms: 1, missed: 0 });
});

test('days have two decimals', () => {
  expect(daysBetween(day('2012-01-01'), '2012-01-02T08:00:00.000Z')).toBe(1.33);
});
