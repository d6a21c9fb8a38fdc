import { setImmediate as tick } from 'node:timers/promises';
import { InFlight } from '../../src/client/in-flight';
import { many } from '../support/rows';

/** Work that ends when it is told to. */
function task(log: string[], name: string) {
  let end: (() => void) | null = null;
  let fail: ((error: Error) => void) | null = null;
  const run = () => {
    log.push(name);
    return new Promise<string>((resolve, reject) => {
      end = () => resolve(name);
      fail = reject;
    });
  };
  return { run, end: () => end!(), fail: (error: Error) => fail!(error) };
}

test('so many of a key run at once; the others follow in the order in which they came', async () => {
  const queue = new InFlight(2);
  const log: string[] = [];
  const tasks = many(5, (k) => task(log, `t${k}`));
  const results = tasks.map(({ run }) => queue.run('a', run));
  await tick();
  expect(log).toEqual(['t0', 't1']);
  tasks[1]!.end();
  await tick();
  expect(log).toEqual(['t0', 't1', 't2']);
  tasks[0]!.end();
  tasks[2]!.end();
  await tick();
  expect(log).toEqual(['t0', 't1', 't2', 't3', 't4']);
  tasks[3]!.end();
  tasks[4]!.end();
  expect(await Promise.all(results)).toEqual(['t0', 't1', 't2', 't3', 't4']);
});

test('keys do not wait for one another', async () => {
  const queue = new InFlight(1);
  const log: string[] = [];
  const tasks = ['a', 'b'].map((key) => ({ key, ...task(log, key) }));
  const results = tasks.map(({ key, run }) => queue.run(key, run));
  await tick();
  expect(log).toEqual(['a', 'b']);
  for (const { end } of tasks) end();
  await Promise.all(results);
});

test('what fails is its caller’s, and the next goes on', async () => {
  const queue = new InFlight(1);
  const log: string[] = [];
  const [first, second] = [task(log, 'first'), task(log, 'second')];
  const failed = queue.run('a', first.run);
  const fine = queue.run('a', second.run);
  const thrown = queue.run('a', () => {
    throw new Error('thrown at once');
  });
  await tick();
  first.fail(new Error('no'));
  await expect(failed).rejects.toThrow('no');
  await tick();
  second.end();
  expect(await fine).toBe('second');
  await expect(thrown).rejects.toThrow('thrown at once');
  expect(await queue.run('a', async () => 'later')).toBe('later');
});

test('however they end, never more than the limit run', async () => {
  const queue = new InFlight(4);
  let running = 0;
  let most = 0;
  const work = async (k: number) => {
    running += 1;
    most = Math.max(most, running);
    for (let turns = 0; turns < k % 5; turns += 1) await tick();
    running -= 1;
    if (k % 7 === 0) throw new Error('one of them');
    return k;
  };
  const ended = await Promise.allSettled(many(100, (k) => queue.run('a', () => work(k))));
  expect(ended.map(({ status }) => status)).toEqual(many(100, (k) => (k % 7 === 0 ? 'rejected' : 'fulfilled')));
  expect([most, running]).toEqual([4, 0]);
});
