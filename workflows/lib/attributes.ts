import { TypedSearchAttributes } from '@temporalio/common';
import { setCurrentDetails, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { searchAttributes } from '../../src/contracts';
import type { ModelTarget } from '../../src/contracts';

/** Whether this run was started with our search attributes; where they are not registered the memo takes their place. */
export function isSearchable(): boolean {
  return workflowInfo().typedSearchAttributes.get(searchAttributes.model) !== undefined;
}

/** Shows the state in lists and, if given, details as markdown on the workflow's page. */
export function showState(state: string, details?: readonly string[]): void {
  if (isSearchable()) upsertSearchAttributes([{ key: searchAttributes.state, value: state }]);
  else upsertMemo({ LoopwrightState: state });
  if (details !== undefined) showDetails(details);
}

/** Shows details as markdown on the workflow's page; that costs nothing. */
export function showDetails(details: readonly string[]): void {
  setCurrentDetails(details.join('\n'));
}

/** Attributes for a workflow that this one starts. */
export function attributesFor(target: ModelTarget, experiment?: string): TypedSearchAttributes | undefined {
  if (!isSearchable()) return undefined;
  const pairs = [
    { key: searchAttributes.model, value: target.model },
    { key: searchAttributes.environment, value: target.environment },
  ];
  return new TypedSearchAttributes(
    experiment === undefined ? pairs : [...pairs, { key: searchAttributes.experiment, value: experiment }],
  );
}

type Cell = string | number | null;

/** Facts as a markdown list: `- **baseline** 0.8634`. */
export function facts(pairs: readonly (readonly [string, Cell])[]): string[] {
  return ['', ...pairs.map(([name, value]) => `- **${name}** ${cell(value)}`), ''];
}

/** A table as aligned text in a code block: the page draws markdown tables without space between their cells. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  if (rows.length === 0) return ['', 'none yet', ''];
  const cells = [head, ...rows].map((line) => line.map(cell));
  const widths = head.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  const lines = cells.map((line) =>
    line
      .map((text, column) => text.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return ['', '```', ...lines, '```', ''];
}

/** Text from outside, without what markdown or HTML would read in it. */
export function plain(text: string): string {
  return text.replace(/[|<>`\\\n\r*_[\]]/g, ' ');
}

function cell(value: Cell): string {
  if (value === null) return '–';
  if (typeof value === 'number') return String(Math.round(value * 10_000) / 10_000);
  // An instant to the minute is what a person reads.
  return plain(value.replace(/^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):00\.000Z$/, '$1 $2').replace(/ 00:00$/, ''));
}
