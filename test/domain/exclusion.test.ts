import { hashUnit } from '../../src/domain/hash';
import { inNamespace, isHeldOut } from '../../src/domain/exclusion';

const units = Array.from({ length: 20_000 }, (_, index) => `u${index}`);
const share = (chosen: readonly string[]) => chosen.length / units.length;

test('parts of a namespace share no unit and leave none out', () => {
  const parts = [
    [0, 0.3],
    [0.3, 0.5],
    [0.5, 1],
  ] as const;
  const chosen = parts.map((range) => units.filter((unit) => inNamespace({ name: 'pricing', range }, unit)));
  expect(new Set(chosen.flat()).size).toBe(units.length);
  expect(chosen.flat()).toHaveLength(units.length);
  chosen.forEach((part, index) => {
    expect(Math.abs(share(part) - (parts[index]![1] - parts[index]![0]))).toBeLessThan(0.02);
  });
});

test('another namespace divides otherwise', () => {
  const first = units.filter((unit) => inNamespace({ name: 'one', range: [0, 0.5] }, unit));
  const both = first.filter((unit) => inNamespace({ name: 'two', range: [0, 0.5] }, unit));
  // Version 1 of the hash is no better: two names may share a few per cent more units than chance would.
  expect(Math.abs(both.length / first.length - 0.5)).toBeLessThan(0.1);
});

test('a part of a namespace has as much of every place of an experiment', () => {
  const part = units.filter((unit) => inNamespace({ name: 'pricing', range: [0, 0.3] }, unit));
  const below = part.filter((unit) => hashUnit('pricing', unit) < 0.5);
  expect(Math.abs(below.length / part.length - 0.5)).toBeLessThan(0.03);
});

test('a holdout holds out its share; a larger one holds out the same units and more', () => {
  const small = units.filter((unit) => isHeldOut({ name: 'q3', share: 0.05 }, unit));
  const large = new Set(units.filter((unit) => isHeldOut({ name: 'q3', share: 0.1 }, unit)));
  expect(Math.abs(share(small) - 0.05)).toBeLessThan(0.01);
  expect(small.every((unit) => large.has(unit))).toBe(true);
});

test('a holdout takes as much of every place of an experiment, even one whose seed is its name', () => {
  const held = units.filter((unit) => isHeldOut({ name: 'q3', share: 0.2 }, unit));
  const below = held.filter((unit) => hashUnit('q3', unit) < 0.5);
  expect(Math.abs(below.length / held.length - 0.5)).toBeLessThan(0.03);
});
