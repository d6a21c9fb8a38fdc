import { defineSearchAttributeKey } from '@temporalio/common';

/** Typed search attributes of every Loopwright workflow; register them once per namespace. */
export const searchAttributes = {
  model: defineSearchAttributeKey('LoopwrightModel', 'KEYWORD'),
  environment: defineSearchAttributeKey('LoopwrightEnvironment', 'KEYWORD'),
  state: defineSearchAttributeKey('LoopwrightState', 'KEYWORD'),
  experiment: defineSearchAttributeKey('LoopwrightExperiment', 'KEYWORD'),
} as const;

/** The names and types to register, as the Temporal CLI takes them. */
export const SEARCH_ATTRIBUTE_NAMES = [
  'LoopwrightModel',
  'LoopwrightEnvironment',
  'LoopwrightState',
  'LoopwrightExperiment',
] as const;

/** The exact command that registers what is missing. */
export function registrationCommand(missing: readonly string[]): string {
  return `temporal operator search-attribute create ${missing.map((name) => `--name ${name} --type Keyword`).join(' ')}`;
}
