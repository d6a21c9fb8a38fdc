import { InvalidArgumentError } from 'commander';

/** A whole number of a command line. @throws InvalidArgumentError */
export function whole(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0) {
    throw new InvalidArgumentError('expected a whole number, 0 or more');
  }
  return value;
}
