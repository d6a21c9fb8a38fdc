import fc from 'fast-check';
import { redacted, redacting } from '../../../src/adapters/executor/redact';

/** Redacts what comes in chunks. */
function inChunks(secrets: readonly string[], chunks: readonly (string | Uint8Array)[]): Buffer {
  const out: Uint8Array[] = [];
  const clean = redacting(secrets, (chunk) => out.push(chunk));
  for (const chunk of chunks) clean.write(chunk);
  clean.end();
  return Buffer.concat(out);
}

/** The same by marking every byte of every occurrence in the whole. */
function byMarking(secrets: readonly string[], text: string): string {
  const owner = Array.from<number>({ length: text.length }).fill(-1);
  const starts = Array.from(text).flatMap((_, at) => {
    const lengths = secrets
      .filter((secret) => secret.length >= 4 && text.startsWith(secret, at))
      .map(({ length }) => length);
    return lengths.length > 0 ? [[at, Math.max(...lengths)] as const] : [];
  });
  let [run, end] = [-1, 0];
  for (const [at, length] of starts) {
    if (at >= end) run = at;
    end = Math.max(end, at + length);
    owner.fill(run, at, end);
  }
  return Array.from(text)
    .map((letter, at) => (owner[at] === -1 ? letter : owner[at] === at ? '***' : ''))
    .join('');
}

test.each([
  [['hunter2'], ['a hunter2 b'], 'a *** b'],
  [['hunter2'], ['a hun', 'ter2 b'], 'a *** b'],
  [['hunter2'], Array.from('a hunter2 b'), 'a *** b'],
  [['hunter2'], ['a hunter'], 'a hunter'],
  [['abcd', 'abcdef'], ['abcd', 'ef'], '***'],
  [['xxab', 'abcd'], ['xxab', 'cd'], '***'],
  [['abcd'], ['abcdabcd'], '******'],
  [['aaaa'], ['aaa', 'aaa', 'a', 'b'], '***b'],
  [['abc', ''], ['abc'], 'abc'],
  [['zwei\nZeilen'], ['zwei\n', 'Zeilen'], '***'],
  [['püré'], [Buffer.from('püré').subarray(0, 2), Buffer.from('püré').subarray(2)], '***'],
  [['$&.*'], ['$&.* x'], '*** x'],
])('%j of %j', (secrets, chunks, expected) => {
  expect(inChunks(secrets, chunks).toString()).toBe(expected);
});

test('however it is cut, it is what marking the whole gives', () => {
  const letters = (minLength: number, maxLength: number) =>
    fc.array(fc.constantFrom('a', 'b'), { minLength, maxLength }).map((all) => all.join(''));
  fc.assert(
    fc.property(
      fc.array(letters(3, 7), { maxLength: 3 }),
      fc.array(letters(0, 9), { maxLength: 12 }),
      (secrets, chunks) => {
        expect(inChunks(secrets, chunks).toString()).toBe(byMarking(secrets, chunks.join('')));
      },
    ),
    { numRuns: 3_000 },
  );
});

test('bytes that are no text pass as they are', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect([...inChunks(['hunter2'], [bytes, bytes])]).toEqual([...bytes, ...bytes]);
});

test('what cannot become a secret any more is passed on at once', () => {
  const out: string[] = [];
  const clean = redacting(['hunter2'], (chunk) => out.push(Buffer.from(chunk).toString()));
  clean.write('a line\n');
  clean.write('what hunt');
  clean.write('er2 says');
  expect(out).toEqual(['a line\n', 'what ', '*** says']);
});

test('a text at once', () => {
  expect(redacted(['hunter2'], 'no hunter2 here')).toBe('no *** here');
});
