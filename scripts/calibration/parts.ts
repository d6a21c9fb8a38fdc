/** The sections of docs/calibration.md, in their order. */
import { aa } from './aa';
import { drift } from './drift';
import type { Cell, Part } from './part';
import { power } from './power';

// A part is handed only cells of its own, so what kind they are may be forgotten here.
export const PARTS = [aa, drift, power] as unknown as readonly Part<Cell>[];

export function partOf(name: string): Part<Cell> {
  const found = PARTS.find((part) => part.name === name);
  if (found === undefined)
    throw new Error(`part is ${name}: expected one of ${PARTS.map((part) => part.name).join(', ')}`);
  return found;
}
