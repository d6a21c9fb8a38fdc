import { readFile, writeFile } from 'node:fs/promises';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../src/contracts';
import type { ExecutorSettings, StageCall, StageFunction } from '../src/contracts';
import {
  decodeTrainingCsv,
  encodeModel,
  predictLabels,
  scoreRows,
  trainLogisticRegression,
  TrainingCsvError,
  TrainingRefused,
} from '../src/models';
import { summarise } from './performance';

/** Trains the logistic regression that ships on the rows of the input `rows` and writes it to the output `model`. */
const logisticRegression: StageFunction = async (call) => {
  const { rows: input, model: output } = pathsOf(call);
  try {
    const rows = decodeTrainingCsv(await readFile(input));
    const model = trainLogisticRegression(rows);
    await writeFile(output, encodeModel(model));
    const scores = scoreRows(model, rows.columns, rows.n);
    const { n, accuracy, logLoss } = summarise(rows.labels, predictLabels(scores), scores);
    const positives = rows.labels.reduce((sum, label) => sum + label, 0);
    return { metrics: { rows: n, positives, accuracy: accuracy!, logLoss: logLoss! } };
  } catch (error) {
    const lasting = error instanceof TrainingCsvError || error instanceof TrainingRefused;
    throw lasting ? ApplicationFailure.nonRetryable(error.message, failureTypes.trainingRefused) : error;
  }
};

/** Images that every worker carries out by a function of ours, at any tag, unless it maps them itself. */
export const SHIPPED_EXECUTORS: Readonly<Record<string, ExecutorSettings>> = {
  'loopwright/logistic-regression': { kind: 'function', version: '1', run: logisticRegression },
};

/** Where the rows lie and where the model goes; what would be ignored is refused. */
function pathsOf({ inputs, outputs, hyperparameters, command, args }: StageCall): { rows: string; model: string } {
  only('inputs', Object.keys(inputs), ['rows']);
  only('outputs', Object.keys(outputs), ['model']);
  only('hyperparameters', Object.keys(hyperparameters), []);
  only('command and args', [...command, ...args], []);
  const { rows } = inputs;
  if (rows !== undefined && 'path' in rows) return { rows: rows.path, model: outputs.model! };
  throw refusal(`inputs.rows is ${JSON.stringify(rows?.value)}: expected a file, by from or path`);
}

function only(what: string, found: readonly string[], expected: readonly string[]): void {
  const unknown = found.find((name) => !expected.includes(name));
  const accepted = expected.join(', ') || 'none';
  if (unknown !== undefined) throw refusal(`${what} has ${JSON.stringify(unknown)}: expected ${accepted}`);
  const missing = expected.find((name) => !found.includes(name));
  if (missing !== undefined) throw refusal(`${what} has no ${JSON.stringify(missing)}: expected ${accepted}`);
}

function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(`loopwright/logistic-regression: ${message}`, failureTypes.invalidSpec);
}
