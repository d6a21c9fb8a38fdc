import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';

/** A whole number of a command line. @throws InvalidArgumentError */
export function whole(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 0) {
    throw new InvalidArgumentError('expected a whole number, 0 or more');
  }
  return value;
}

/** A whole number of a command line that counts from 1. @throws InvalidArgumentError */
export function ordinal(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError('expected a whole number, 1 or more');
  }
  return value;
}

/** Gives a command a version as its next argument. */
export function versioned(command: Command): Command {
  return command.argument('<version>', 'number of a version', ordinal);
}
