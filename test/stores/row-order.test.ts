import fc from 'fast-check';
import { keepRows, mergeParts } from '../../src/stores/row-order';
import type { RowOrder } from '../../src/stores/row-order';

interface Row {
  readonly at: number;
  readonly id: string;
}

const rows = fc.uniqueArray(fc.record({ at: fc.nat({ max: 12 }), id: fc.string({ minLength: 1, maxLength: 3 }) }), {
  selector: ({ id }) => id,
  maxLength: 40,
});
const compare = (a: Row, b: Row) => a.at - b.at || (a.id < b.id ? -1 : 1);

/** Deals rows to parts, each in (at, id) order, as segments are. */
function deal(deck: readonly Row[], hands: number, seed: number): Row[][] {
  const parts = Array.from({ length: hands }, (): Row[] => []);
  deck.forEach((row, index) => parts[(index * 7 + seed * (index + 1)) % hands]!.push(row));
  return parts.map((part) => part.toSorted(compare));
}

function merge(parts: readonly (readonly Row[])[]): RowOrder {
  return mergeParts(
    parts.map((part) => ({ at: Float64Array.from(part, ({ at }) => at), start: 0, end: part.length })),
    (part, row, other, otherRow) => parts[part]![row]!.id < parts[other]![otherRow]!.id,
  );
}

function listed(order: RowOrder, parts: readonly (readonly Row[])[]): Row[] {
  return order.part.flatMap((part, run) => parts[part]!.slice(order.start[run], order.end[run]));
}

describe('the order of rows', () => {
  test('however rows are dealt to segments, they come in (at, id) order', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 6 }), fc.nat({ max: 50 }), (deck, hands, seed) => {
        const parts = deal(deck, hands, seed);
        const order = merge(parts);
        expect(listed(order, parts)).toEqual(deck.toSorted(compare));
        expect(order.n).toBe(deck.length);
      }),
      { seed: 5 },
    );
  });

  test('segments that follow one another are one run each, whatever the order they are given in', () => {
    const part = (from: number) => ({ at: Float64Array.from({ length: 100 }, (_, k) => from + k), start: 0, end: 100 });
    const order = mergeParts([part(200), part(0), part(100)], () => {
      throw new Error('no two rows have a time in common');
    });
    expect(order).toEqual({ n: 300, part: [1, 2, 0], start: [0, 0, 0], end: [100, 100, 100] });
  });

  test('rows of one time that a rule keeps together are one run', () => {
    const part = { at: new Float64Array(50).fill(7), start: 0, end: 50 };
    const order = mergeParts([part, part, part], (one, _row, other) => one > other);
    expect(order).toEqual({ n: 150, part: [2, 1, 0], start: [0, 0, 0], end: [50, 50, 50] });
  });

  test('only the rows asked for come, and rows can be left out', () => {
    const at = Float64Array.of(0, 1, 2, 3, 4, 5);
    const order = mergeParts(
      [
        { at, start: 1, end: 5 },
        { at, start: 3, end: 3 },
      ],
      () => true,
    );
    expect(order).toEqual({ n: 4, part: [0], start: [1], end: [5] });
    const kept = keepRows(order, (_, row) => row !== 2 && row !== 3);
    expect(kept).toEqual({ n: 2, part: [0, 0], start: [1, 4], end: [2, 5] });
    expect(keepRows(order, () => false)).toEqual({ n: 0, part: [], start: [], end: [] });
  });
});
