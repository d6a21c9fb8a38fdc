import { printFacts, printTable, when } from '../../src/cli/table';

test('rows stand in columns, notes below them', () => {
  const table = printTable(
    [
      { name: 'a', n: 0.123456 },
      { name: 'long', n: null },
    ],
    [['found', 'twice'], []],
  );
  expect(table).toBe('name  n\na     0.1235\n    found\n    twice\nlong  –\n');
  expect(printTable([])).toBe('nothing found\n');
});

test('a control character from outside does not reach the terminal', () => {
  const nasty = 'a\u001b[2J\u0007\n\u009b1mb';
  const printed = printTable([{ name: nasty }], [[nasty]]) + printFacts([['x', nasty]]);
  expect(printed.replace(/\n/g, '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  expect(printed.split('\n')).toHaveLength(5);
});

test.each([
  ['2011-08-07T00:00:00.000Z', '2011-08-07'],
  ['2011-08-07T06:30:12.345Z', '2011-08-07 06:30'],
  [null, '–'],
])('%s is read as %s', (instant, text) => expect(when(instant)).toBe(text));
