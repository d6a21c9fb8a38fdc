import type { Hyperparameter, StageTold } from '../src/contracts';
import { variableOf } from '../src/domain/pipeline-variables';

/**
 * What a stage is told, as environment variables. A list is JSON, any other value is written as it is.
 * @param files where the stage sees what it is told and where it leaves its metrics
 */
export function variablesOf(
  told: StageTold,
  files: { readonly told: string; readonly metrics: string },
): Record<string, string> {
  const { pipeline, run, stage, attempt, date, item } = told;
  const plain = { pipeline, run, stage, attempt, stage_file: files.told, metrics_file: files.metrics };
  const inputs = Object.entries(told.inputs).map(
    ([name, input]) => [name, 'value' in input ? input.value : input.path] as const,
  );
  return {
    ...named('', Object.entries(plain)),
    ...(date === undefined ? {} : named('', [['date', date]])),
    ...(item === undefined ? {} : named('', [['item', item.value]])),
    ...named('INPUT_', inputs),
    ...named('OUTPUT_', Object.entries(told.outputs)),
    ...named('HYPERPARAMETER_', Object.entries(told.hyperparameters)),
    ...named('PARAM_', Object.entries(told.parameters)),
  };
}

type Value = Hyperparameter | readonly Hyperparameter[];

function named(kind: string, values: readonly (readonly [string, Value])[]): Record<string, string> {
  return Object.fromEntries(
    values.map(([name, value]) => {
      const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
      return [`LOOPWRIGHT_${kind}${variableOf(name)}`, text];
    }),
  );
}
