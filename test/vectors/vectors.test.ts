/** Every case of the reference files, and the runner's own manners. */
import { casesIn, judge } from './run';

test.each(
  casesIn(__dirname).map(({ file, entry }) => [
    `${file}: ${entry.system ?? ''} ${entry.fn ?? ''} ${entry.name}`,
    entry,
  ]),
)('%s', (_name, entry) => {
  const outcome = judge(entry);
  // A system of the seed that is not built yet is skipped; of our own functions none is.
  if (outcome.status === 'skipped') expect(entry.system).toBeDefined();
  else expect(outcome).toEqual({ status: 'passed' });
});

test('a wrong expectation, a missing key and an unknown function fail', () => {
  const entry = { name: 'by hand', fn: 'normal', input: { z: 0 }, args: {}, expected: { cdf: 0.5 } };
  expect(judge(entry)).toEqual({ status: 'passed' });
  expect(judge({ ...entry, expected: { cdf: 0.50001 } }).status).toBe('failed');
  expect(judge({ ...entry, expected: { nothing: 1 } }).status).toBe('failed');
  expect(judge({ ...entry, fn: 'nobody' }).status).toBe('failed');
  expect(judge({ name: 'unheard of', required: 'something' }).status).toBe('failed');
});
