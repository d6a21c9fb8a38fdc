/** Scores models with the real runtime; jest's typed arrays are not those that the runtime hands out. */
import { createOnnxScorer } from '../../src/adapters/onnx';

/** What is scored: the model's bytes in base64, its features and the columns. */
export interface OnnxTask {
  readonly model: string;
  readonly features: readonly string[];
  readonly n: number;
  readonly columns: Readonly<Record<string, readonly number[]>>;
}

/** Its scores, or the error's name and message. */
export type OnnxOutcome = { readonly scores: readonly number[] } | { readonly error: string };

async function run({ model, features, n, columns }: OnnxTask): Promise<OnnxOutcome> {
  const signature = features.map((name) => ({ name, type: 'number' as const }));
  const rows = {
    n,
    columns: new Map(Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)])),
  };
  try {
    return { scores: [...(await createOnnxScorer().score(Buffer.from(model, 'base64'), signature, rows))] };
  } catch (error) {
    return { error: String(error) };
  }
}

process.once('message', (tasks: readonly OnnxTask[]) => {
  void Promise.all(tasks.map(run)).then((outcomes) => process.send!(outcomes, () => process.disconnect()));
});
