import { unpackNumbers } from './packed-numbers';
import { PreparedNumbers } from './prepared-numbers';
import type { NumericReference } from './reference-types';

/** Unpacked numbers by the document they belong to: a cache that no result depends on. */
const prepared = new WeakMap<NumericReference, { readonly sorted: string; readonly numbers: PreparedNumbers }>();

/** Keeps what is at hand already. */
export function remember(reference: NumericReference, numbers: PreparedNumbers): void {
  prepared.set(reference, { sorted: reference.sorted, numbers });
}

/** The numbers of a reference, ready to be judged with; unpacked the first time only. */
export function numbersOf(reference: NumericReference): PreparedNumbers {
  const known = prepared.get(reference);
  // A document that came from JSON is not frozen: another text is another sample.
  if (known?.sorted === reference.sorted) return known.numbers;
  const numbers = new PreparedNumbers(unpackNumbers(reference.sorted), true);
  if (numbers.values.length !== reference.n)
    throw new RangeError(`sorted holds ${numbers.values.length} numbers: expected n, ${reference.n}`);
  numbers.keepBins(reference.bins, reference.innerEdges, Float64Array.from(reference.binCounts));
  remember(reference, numbers);
  return numbers;
}
