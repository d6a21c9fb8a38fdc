import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../src/contracts';
import type { AlertPolicy, SpecActivities, SpecKinds } from '../src/contracts';
import {
  experimentDesignSchema,
  experimentSpecSchema,
  impactSpecSchema,
  monitorSpecSchema,
  parseWith,
  retrainSpecSchema,
  SchemaError,
  targetSchema,
} from '../src/schemas';

const schemas = {
  monitor: monitorSpecSchema,
  retraining: retrainSpecSchema,
  experiment: experimentSpecSchema,
  design: experimentDesignSchema,
  deployment: targetSchema,
  impact: impactSpecSchema,
} as const;

/** What of a spec names something that a worker has or has not. */
interface Checked {
  readonly policy?: unknown;
  readonly retrain?: unknown;
  readonly alerts?: AlertPolicy | undefined;
}

/** What this worker has, by name. */
interface Known {
  readonly stages: readonly string[];
  readonly sinks: readonly string[];
}

/** Validation at the door of every workflow. */
export function createSpecActivities({ stages, sinks }: Known): SpecActivities {
  return {
    checkSpec: ({ kind, spec }) => {
      try {
        const schema = schemas[kind] as (typeof schemas)[typeof kind] | undefined;
        if (schema === undefined) throw invalid(`unknown kind of spec ${JSON.stringify(kind)}`);
        const checked: SpecKinds[keyof SpecKinds] & Checked = parseWith(schema, spec, `${kind} spec`);
        checkTrainer(checked, stages);
        checkSinks(checked, sinks);
        return Promise.resolve(checked);
      } catch (error) {
        return Promise.reject(error instanceof SchemaError ? invalid(error.message) : (error as Error));
      }
    },
  };
}

/** A trainer that this worker does not have is better refused now than in the middle of a retraining. */
function checkTrainer(spec: Checked, stages: readonly string[]): void {
  const policy = (spec.policy ?? spec.retrain) as { readonly trainer: string } | undefined;
  if (policy === undefined || stages.includes(policy.trainer)) return;
  const known = stages.join(', ');
  throw invalid(`retrain.trainer is ${JSON.stringify(policy.trainer)}: expected a stage of this worker: ${known}`);
}

/** So is a sink: an alert that nobody is told of is found out too late. */
function checkSinks(spec: Checked, known: readonly string[]): void {
  const { sinks = [], dataEngineers = [], escalation } = spec.alerts ?? {};
  const lists = { sinks, dataEngineers, 'escalation.sinks': escalation?.sinks ?? [] };
  const named = Object.entries(lists).flatMap(([list, names]) =>
    names.map((sink, index) => [`alerts.${list}.${index}`, sink] as const),
  );
  const unknown = named.find(([, sink]) => !known.includes(sink));
  if (unknown === undefined) return;
  const [path, sink] = unknown;
  throw invalid(
    `${path} is ${JSON.stringify(sink)}: expected a sink of this worker: ${known.join(', ') || 'it has none'}`,
  );
}

function invalid(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.invalidSpec);
}
