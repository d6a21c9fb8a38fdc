import type { AssignableExperiment, Assignment } from '../../src/contracts';
import { assign } from '../../src/domain/assignment';
import { UnknownExperimentError } from '../../src/services';
import { running } from '../support/designs';
import { Parts } from './parts';

const germans = [{ attribute: 'country', operator: 'is' as const, value: 'DE' }];
const units = Array.from({ length: 200 }, (_, index) => `u${index}`);
const inB = units.find((unit) => assign(running(), unit, {}).variant === 'B')!;

let parts: Parts;
const open: Parts[] = [];
const over = (...experiments: AssignableExperiment[]) => {
  parts = new Parts(...experiments);
  open.push(parts);
  return parts;
};
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

test('answers as the domain does, without asking the database', async () => {
  const assigner = await over(running()).assigner();
  for (const unit of units) {
    const expected = assign(running(), unit, {});
    expect(await assigner.assign('checkout', unit)).toEqual(expected);
    expect(assigner.assignLocally('checkout', unit)).toEqual(expected);
  }
  expect(parts.asked).toEqual([]);
});

test('an exposure is logged once a unit, in the background, with the attributes of the segments', async () => {
  const assigner = await over(running({ segments: ['country', 'plan'] })).assigner();
  for (let time = 0; time < 3; time += 1) await assigner.assign('checkout', inB, { country: 'DE', age: 30 });
  assigner.assignLocally('checkout', 'u-other');
  expect(parts.exposures).toEqual([]);
  await assigner.flush();
  const at = '2026-01-05T12:00:00.000Z';
  const { variant } = assign(running(), 'u-other', {});
  expect(parts.exposures).toEqual([
    { experiment: 'checkout', unit: inB, variant: 'B', at, attributes: { country: 'DE' } },
    { experiment: 'checkout', unit: 'u-other', variant, at },
  ]);
  await assigner.assign('checkout', inB);
  await assigner.flush();
  expect(parts.exposures).toHaveLength(2);
});

test('who is in no variant, is a tester or is only asked about is not exposed', async () => {
  const variants = [
    { name: 'A', weight: 0.5, force: ['tester'] },
    { name: 'B', weight: 0.5 },
  ];
  const assigner = await over(running({ variants, eligibility: germans })).assigner();
  await assigner.assign('checkout', 'tester');
  await assigner.assign('checkout', inB, { country: 'FR' });
  const answer = await assigner.assign('checkout', inB, { country: 'DE' }, { expose: false });
  await assigner.flush();
  expect(parts.exposures).toEqual([]);
  assigner.expose(answer);
  await assigner.flush();
  expect(parts.exposures).toMatchObject([{ unit: inB, variant: 'B' }]);
});

describe('what a unit met before', () => {
  const reasonOf = (answer: Assignment) => (answer.variant === null ? answer.reason : answer.by);

  test('is asked where an attribute took its variant away, and kept', async () => {
    const assigner = await over(running({ eligibility: germans })).assigner();
    parts.met.set(`checkout ${inB}`, 'B');
    const answer = await assigner.assign('checkout', inB, { country: 'FR' });
    expect(answer).toMatchObject({ variant: 'B', by: 'sticky' });
    expect(reasonOf(await assigner.assign('checkout', inB, { country: 'FR' }))).toBe('sticky');
    expect(parts.asked).toEqual([['checkout', inB]]);
    await assigner.flush();
    expect(parts.exposures).toEqual([]);
  });

  test('is asked where its variant takes no new units', async () => {
    const assigner = await over(running({}, { dropped: ['B'] })).assigner();
    const [old, fresh] = units.filter((unit) => assign(running(), unit, {}).variant === 'B');
    parts.met.set(`checkout ${old!}`, 'B');
    expect(reasonOf(await assigner.assign('checkout', old!))).toBe('sticky');
    expect(reasonOf(await assigner.assign('checkout', fresh!))).toBe('dropped');
    expect(parts.asked).toEqual([
      ['checkout', old],
      ['checkout', fresh],
    ]);
  });

  test('is not asked where the design is not sticky', async () => {
    const assigner = await over(running({ eligibility: germans, sticky: false })).assigner();
    expect(reasonOf(await assigner.assign('checkout', inB, { country: 'FR' }))).toBe('not-eligible');
    expect(parts.asked).toEqual([]);
  });

  test('that it met none is believed until the next look: another process may have shown it one', async () => {
    const assigner = await over(running({ eligibility: germans })).assigner();
    for (let time = 0; time < 2; time += 1)
      expect(reasonOf(await assigner.assign('checkout', inB, { country: 'FR' }))).toBe('not-eligible');
    expect(parts.asked).toHaveLength(1);
    parts.met.set(`checkout ${inB}`, 'B');
    await assigner.refresh();
    expect(reasonOf(await assigner.assign('checkout', inB, { country: 'FR' }))).toBe('sticky');
  });

  test('an exposure of this process is known at once', async () => {
    const assigner = await over(running({ eligibility: germans })).assigner();
    assigner.assignLocally('checkout', inB, { country: 'DE' });
    expect(reasonOf(assigner.assignLocally('checkout', inB, { country: 'FR' }))).toBe('sticky');
    expect(parts.asked).toEqual([]);
  });

  test('preload asks once for many units, where it could matter; then nobody waits', async () => {
    const second = running({ id: 'second' });
    const loose = running({ id: 'third', eligibility: germans, sticky: false });
    const ended = running({ id: 'fourth', eligibility: germans }, { running: false });
    const assigner = await over(running({ eligibility: germans }), second, loose, ended).assigner();
    parts.met.set(`checkout ${inB}`, 'B');
    await assigner.preload([inB, 'x', inB]);
    expect(parts.asked).toEqual([['checkout', inB, 'x']]);
    expect(reasonOf(assigner.assignLocally('checkout', inB, { country: 'FR' }))).toBe('sticky');
    await assigner.preload([inB, 'x']);
    expect(parts.asked).toHaveLength(1);
  });

  test('when the database does not answer, the answer is as if it met none, and that is told', async () => {
    const assigner = await over(running({ eligibility: germans })).assigner();
    parts.fails = new Error('no primary');
    expect(reasonOf(await assigner.assign('checkout', inB, { country: 'FR' }))).toBe('not-eligible');
    expect(parts.errors).toEqual([parts.fails]);
    parts.fails = null;
    parts.met.set(`checkout ${inB}`, 'B');
    expect(reasonOf(await assigner.assign('checkout', inB, { country: 'FR' }))).toBe('sticky');
  });

  test('no more units are remembered than it was told', async () => {
    const assigner = await over(running({ eligibility: germans })).assigner({ remembered: 2 });
    const three = units.filter((unit) => assign(running(), unit, {}).variant !== null).slice(0, 3);
    for (const unit of three) await assigner.assign('checkout', unit, { country: 'FR' });
    await assigner.assign('checkout', three[0]!, { country: 'FR' });
    expect(parts.asked.map(([, unit]) => unit)).toEqual([...three, three[0]]);
  });
});

describe('which experiments there are', () => {
  test('one that is over answers that it does not run, also when it was over before the start', async () => {
    const assigner = await over(running(), running({ id: 'old' }, { running: false })).assigner();
    expect(await assigner.assign('old', inB)).toEqual({
      experiment: 'old',
      unit: inB,
      variant: null,
      reason: 'not-running',
    });
    parts.experiments = [];
    await assigner.refresh();
    expect(await assigner.assign('checkout', inB)).toMatchObject({ variant: null, reason: 'not-running' });
  });

  test('one that nobody declared is refused with those that run', async () => {
    const assigner = await over(running({ id: 'b' }), running({ id: 'a' })).assigner();
    const refused = await assigner.assign('chekout', inB).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UnknownExperimentError);
    expect(refused).toMatchObject({
      experiment: 'chekout',
      running: ['a', 'b'],
      message: 'experiment "chekout" is not known, these run: a, b',
    });
    const none = await over().assigner();
    expect(() => none.assignLocally('x', inB)).toThrow('experiment "x" is not known, none runs');
  });

  test('what is no unit is refused', async () => {
    const assigner = await over(running()).assigner();
    for (const [unit, told] of [
      ['', '""'],
      ['a\nb', '"a\\nb"'],
      ['\ud83d', '"\\ud83d"'],
      ['x'.repeat(201), '201 characters'],
      [7, 'a number'],
      [undefined, 'nothing'],
    ] as const) {
      expect(() => assigner.assignLocally('checkout', unit as string)).toThrow(
        new TypeError(`unit: expected 1 to 200 printable characters, got ${told}`),
      );
    }
    for (const unit of ['x'.repeat(200), '用户', '🙂 a', '__proto__'])
      expect(assigner.assignLocally('checkout', unit).variant).not.toBeNull();
  });

  test('changes are told by id, a look without a change is not', async () => {
    const assigner = await over(running({}, { coverage: 0.1 }), running({ id: 'second' })).assigner();
    const told: (readonly string[])[] = [];
    const stop = assigner.onChange((ids) => told.push(ids));
    await assigner.refresh();
    expect(told).toEqual([]);
    parts.experiments = [running({ id: 'third' }), running()];
    await assigner.refresh();
    expect(told).toEqual([['checkout', 'second', 'third']]);
    stop();
    parts.experiments = [];
    await assigner.refresh();
    expect(told).toHaveLength(1);
  });

  test('it looks from time to time, goes on with what it has when it cannot, and tells', async () => {
    over(running({}, { coverage: 1e-9 }));
    let told: () => void = () => undefined;
    const next = () => new Promise<void>((resolve) => (told = resolve));
    const failed = next();
    const assigner = await parts.assigner({
      pollMs: 5,
      onError: (error) => {
        parts.errors.push(error);
        told();
      },
    });
    parts.fails = new Error('no primary');
    await failed;
    expect(parts.errors[0]).toBe(parts.fails);
    expect(await assigner.assign('checkout', inB)).toMatchObject({ reason: 'not-covered' });
    parts.experiments = [running()];
    const changed = new Promise<readonly string[]>((resolve) => assigner.onChange(resolve));
    parts.fails = null;
    expect(await changed).toEqual(['checkout']);
    expect(await assigner.assign('checkout', inB)).toMatchObject({ variant: 'B' });
  });

  test('an explicit look throws what the database throws', async () => {
    const assigner = await over(running()).assigner();
    parts.fails = new Error('no primary');
    await expect(assigner.refresh()).rejects.toThrow('no primary');
  });
});

test('exposures that cannot be written wait, are told of, and are written later; refusals are told', async () => {
  const assigner = await over(running()).assigner();
  await assigner.assign('checkout', inB);
  parts.fails = new Error('no primary');
  await expect(assigner.flush()).rejects.toThrow('1 pieces could not be sent and wait');
  parts.fails = null;
  parts.rejected = { 'experiment-over': 1 };
  await assigner.close();
  expect(parts.exposures).toMatchObject([{ unit: inB }]);
  expect(parts.errors.map((error) => (error as Error).message)).toEqual([
    'no primary',
    'exposures were refused: 1 experiment-over',
  ]);
});
