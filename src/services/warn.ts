/** Tells in a line of what went wrong in the background. */
export function warn(error: unknown): void {
  console.warn(`loopwright: ${error instanceof Error ? error.message : String(error)}`);
}
