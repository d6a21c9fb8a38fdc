import { GroupCommit } from '../../src/stores/group-commit';

/** Remembers what it wrote and answers with the row in capitals. */
function writer(groups: string[][], fail: (rows: readonly string[]) => boolean = () => false) {
  return async (rows: readonly string[]): Promise<string[]> => {
    groups.push([...rows]);
    if (fail(rows)) throw new Error(`no ${rows.join()}`);
    return rows.map((row) => row.toUpperCase());
  };
}

describe('a group commit', () => {
  test('writes together what comes together, and answers each caller for its own row', async () => {
    const groups: string[][] = [];
    const group = new GroupCommit<string, string>();
    const answers = await Promise.all(['a', 'b', 'c'].map((row) => group.add('k', row, writer(groups))));
    expect(answers).toEqual(['A', 'B', 'C']);
    expect(groups).toEqual([['a', 'b', 'c']]);
  });

  test('writes a thousand rows without waiting for more', async () => {
    const groups: string[][] = [];
    const group = new GroupCommit<string, string>();
    const answers = Array.from({ length: 2_500 }, (_, k) => group.add('k', `r${k}`, writer(groups)));
    expect(groups.map(({ length }) => length)).toEqual([1_000, 1_000]);
    expect((await Promise.all(answers)).at(-1)).toBe('R2499');
    expect(groups.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
  });

  test('keeps groups apart by key, and a failure is told to the callers of its group only', async () => {
    const groups: string[][] = [];
    const group = new GroupCommit<string, string>();
    const write = writer(groups, (rows) => rows.includes('bad'));
    const results = await Promise.allSettled([
      group.add('k', 'good', write),
      group.add('l', 'bad', write),
      group.add('k', 'fine', write),
    ]);
    expect(groups).toEqual([['good', 'fine'], ['bad']]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test('a flush writes at once and waits for what is under way, also when it fails', async () => {
    const groups: string[][] = [];
    const group = new GroupCommit<string, string>();
    let free = (): void => undefined;
    const held = new Promise<void>((resolve) => (free = resolve));
    let written = false;
    const slow = async (rows: readonly string[]): Promise<readonly string[]> => {
      await held;
      written = true;
      return rows;
    };
    const [a, b] = [
      group.add('k', 'a', slow),
      group.add(
        'l',
        'b',
        writer(groups, () => true),
      ),
    ];
    const refused = expect(b).rejects.toThrow('no b');
    const flushed = group.flush();
    expect(groups).toEqual([['b']]);
    expect(written).toBe(false);
    free();
    await flushed;
    expect(written).toBe(true);
    expect(await a).toBe('a');
    await refused;
    await group.flush();
  });
});
