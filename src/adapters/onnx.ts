import { createRequire } from 'node:module';
import type { ModelSignature, TrainingRows } from '../contracts';

const PACKAGE = 'onnxruntime-node';
const load = createRequire(__filename);
/** Rows that are scored at once: what a tensor takes is bounded. */
const BATCH = 10_000;

/** The runtime is not installed. */
export class OnnxRuntimeMissingError extends Error {
  override readonly name = 'OnnxRuntimeMissingError';

  constructor() {
    super(
      `scoring an ONNX model needs ${PACKAGE}: npm install ${PACKAGE} ` +
        '(without internet: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node, it brings its CPU library along)',
    );
  }
}

/** An ONNX model that does not take these rows, or gives no probabilities. */
export class OnnxModelError extends Error {
  override readonly name = 'OnnxModelError';
}

/** Scores rows with ONNX models. */
export interface OnnxScorer {
  /** The probability of label 1 for each row, its features taken in the order of the signature. */
  score(
    artifact: Uint8Array,
    signature: ModelSignature,
    rows: Pick<TrainingRows, 'n' | 'columns'>,
  ): Promise<Float64Array>;
}

/** The part of the runtime that is used; the package is a peer and need not be there. */
interface Runtime {
  readonly InferenceSession: { create(model: Uint8Array, options: object): Promise<Session> };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor;
}

interface Session {
  readonly inputNames: readonly string[];
  readonly outputMetadata: readonly { readonly name: string; readonly isTensor: boolean; readonly type?: string }[];
  run(feeds: Record<string, Tensor>, outputs: readonly string[]): Promise<Readonly<Record<string, Tensor>>>;
  release(): Promise<void>;
}

interface Tensor {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

/**
 * Scores with ONNX Runtime on the CPU, in one thread: the same rows give the same scores. The model takes one float32
 * tensor [n, features] and gives a float tensor [n, 2] (column 1 is taken), [n, 1] or [n].
 * @param loadRuntime gets the runtime; called at the first model
 */
export function createOnnxScorer(loadRuntime: () => unknown = loadPackage): OnnxScorer {
  return {
    score: async (artifact, signature, { n, columns }) => {
      const scores = new Float64Array(n);
      if (n === 0) return scores;
      const runtime = loadRuntime() as Runtime;
      const session = await runtime.InferenceSession.create(artifact, {
        executionProviders: ['cpu'],
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
      });
      try {
        const features = signature.map(({ name }) => columns.get(name));
        for (let from = 0; from < n; from += BATCH) {
          const length = Math.min(BATCH, n - from);
          const input = new runtime.Tensor('float32', pack(features, from, length), [length, features.length]);
          scores.set(await probabilities(session, input, length), from);
        }
      } finally {
        await session.release();
      }
      return scores;
    },
  };
}

function loadPackage(): unknown {
  try {
    return load(PACKAGE);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A module that the package itself misses is another fault.
    if (code === 'MODULE_NOT_FOUND' && message.includes(PACKAGE)) throw new OnnxRuntimeMissingError();
    throw error;
  }
}

/** Row after row; a column that is not there is missing values. */
function pack(features: readonly (Float64Array | undefined)[], from: number, length: number): Float32Array {
  const packed = new Float32Array(length * features.length).fill(NaN);
  features.forEach((column, index) => {
    if (column === undefined) return;
    for (let row = 0; row < length; row += 1) packed[row * features.length + index] = column[from + row]!;
  });
  return packed;
}

async function probabilities(session: Session, input: Tensor, n: number): Promise<Float64Array> {
  const [name, ...others] = session.inputNames;
  if (name === undefined || others.length > 0) {
    throw new OnnxModelError(`the ONNX model takes ${session.inputNames.join(', ')}: expected one input [n, features]`);
  }
  // Others, such as scikit-learn's list of maps, cannot be read; labels are no probabilities.
  const wanted = session.outputMetadata.filter(({ isTensor, type }) => isTensor && /^float(32|64)$/.test(type ?? ''));
  const outputs =
    wanted.length === 0
      ? {}
      : await session.run(
          { [name]: input },
          wanted.map((output) => output.name),
        );
  for (const columns of [2, 1]) {
    const found = Object.values(outputs).find(({ dims }) => dims[0] === n && columnsOf(dims) === columns);
    if (found !== undefined) return take(found.data, columns, n);
  }
  const shapes = Object.entries(outputs).map(([output, { dims }]) => `${output} [${dims.join(', ')}]`);
  throw new OnnxModelError(
    `the ONNX model gives ${shapes.join(', ') || 'no float tensor'}: expected a float tensor [n, 2], [n, 1] or [n] ` +
      '(scikit-learn: convert with zipmap off)',
  );
}

function columnsOf(dims: readonly number[]): number | null {
  if (dims.length === 1) return 1;
  return dims.length === 2 ? dims[1]! : null;
}

function take(data: ArrayLike<number>, columns: number, n: number): Float64Array {
  const scores = Float64Array.from({ length: n }, (_, row) => data[row * columns + columns - 1]!);
  const wrong = scores.findIndex((score) => !(score >= 0 && score <= 1));
  if (wrong < 0) return scores;
  throw new OnnxModelError(`the ONNX model gives ${scores[wrong]} for row ${wrong}: expected a probability`);
}
