/**
 * A text as a literal of a visibility query. Backslash first, then the quote: doubling quotes alone can be escaped
 * from.
 * @example `WorkflowId = ${literal("it's")}`
 */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
