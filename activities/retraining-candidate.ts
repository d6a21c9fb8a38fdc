import type { ModelSignature, ModelVersion, RetrainSpec, TrainingPipeline } from '../src/contracts';
import { formatOf, ModelFormatError, signatureOf } from '../src/models';
import type { Stores } from '../src/stores';
import { refused } from './retraining-rows';
import type { ScoredVersion } from './scoring';

/** What the bytes of a challenger are, and who made them. */
export type Described = Pick<ModelVersion, 'trainer'> & Required<Pick<ModelVersion, 'format' | 'signature'>>;

/** The challenger as it is scored: by the trainer that made it, or by the format that a pipeline's bytes show. */
export async function candidateOf(
  stores: Stores,
  spec: RetrainSpec,
  artifact: string,
  features: Iterable<string>,
): Promise<ScoredVersion> {
  const { trainer, pipeline } = spec.policy;
  if (pipeline === undefined) return { trainer, artifact };
  return { artifact, ...ofPipeline(pipeline, await stores.artifacts.get(artifact), features) };
}

/**
 * What is recorded of a challenger's bytes.
 * @throws ApplicationFailure not to be tried again, where a pipeline left what cannot be scored
 */
export function recordOf(spec: RetrainSpec, bytes: Uint8Array, features: Iterable<string>): Described {
  const { trainer, pipeline } = spec.policy;
  if (pipeline !== undefined) return ofPipeline(pipeline, bytes, features);
  const format = formatOf(bytes, trainer);
  return { trainer, format, signature: signatureOf(bytes, format) ?? numbers(features) };
}

/** A pipeline's model has no trainer that knows its bytes: they must say what they are. */
function ofPipeline({ name, model }: TrainingPipeline, bytes: Uint8Array, features: Iterable<string>): Described {
  try {
    const format = formatOf(bytes);
    return { trainer: `pipeline:${name}`, format, signature: signatureOf(bytes, format) ?? numbers(features) };
  } catch (error) {
    if (!(error instanceof ModelFormatError)) throw error;
    throw refused(`${model} of pipeline ${name} is no model that can be scored: ${reasonOf(error)}`);
  }
}

function reasonOf({ path, value, message }: ModelFormatError): string {
  if (path !== 'artifact') return message;
  return `${String(value)}; expected JSON of loopwright/logistic-regression@1 or loopwright/remote-scorer@1, or ONNX`;
}

/** What a trainer of the user's own was given. */
function numbers(names: Iterable<string>): ModelSignature {
  return [...names].sort().map((name) => ({ name, type: 'number' }));
}
