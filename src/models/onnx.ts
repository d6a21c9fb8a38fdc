import { ModelFormatError } from './model';
import { ProtobufError, protobufFields } from './protobuf';

/** The messages of an ONNX model that tensors may hide in, by field number. */
const MESSAGES = {
  model: { 7: 'graph', 20: 'training', 25: 'function' },
  training: { 1: 'graph', 2: 'graph' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparseTensor' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparseTensor', 23: 'sparseTensor' },
  sparseTensor: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
} as const satisfies Record<string, Readonly<Record<number, string>>>;

type Message = keyof typeof MESSAGES;

const [IR_VERSION, GRAPH, OPERATOR_SET, OPERATOR, EXTERNAL_DATA, DATA_LOCATION] = [1, 7, 8, 4, 13, 14];
/** An operator of ONNX Runtime's own that may name a file of a compiled model. */
const COMPILED = 'EPContext';
const MAX_DEPTH = 64;

/**
 * Whether bytes are an ONNX model: a protobuf message with an IR version, a graph and an operator set.
 * @throws ModelFormatError where the model keeps data outside itself: no path of an artifact is ever followed
 */
export function isOnnx(bytes: Uint8Array): boolean {
  if (!looksLikeModel(bytes)) return false;
  try {
    walk('model', bytes, 'model', 0);
  } catch (error) {
    if (error instanceof ProtobufError)
      throw new ModelFormatError('', null, `the ONNX model is damaged: ${error.message}`);
    throw error;
  }
  return true;
}

function looksLikeModel(bytes: Uint8Array): boolean {
  let [version, graph, operators] = [false, false, false];
  try {
    for (const { number, wireType, value } of protobufFields(bytes)) {
      if (number === IR_VERSION) version = wireType === 0 && (value as bigint) >= 1n && (value as bigint) < 1_000n;
      if (number === GRAPH) graph = wireType === 2;
      if (number === OPERATOR_SET) operators = wireType === 2;
    }
  } catch (error) {
    if (error instanceof ProtobufError) return false;
    throw error;
  }
  return version && graph && operators;
}

/** A parser merges a field that is repeated, so every occurrence is looked into. */
function walk(message: Message, bytes: Uint8Array, path: string, depth: number): void {
  if (depth > MAX_DEPTH) throw new ModelFormatError(path, depth, `${path} of the ONNX model is nested too deep`);
  const children: Readonly<Record<number, Message>> = MESSAGES[message];
  const counts = new Map<number, number>();
  for (const { number, wireType, value } of protobufFields(bytes)) {
    if (message === 'tensor') checkTensor(number, value, path);
    if (message === 'node' && number === OPERATOR && Buffer.from(value as Uint8Array).toString() === COMPILED) {
      throw external(path, COMPILED);
    }
    const child = children[number];
    if (child === undefined || wireType !== 2) continue;
    const nth = counts.get(number) ?? 0;
    counts.set(number, nth + 1);
    walk(child, value as Uint8Array, `${path}.${child}.${nth}`, depth + 1);
  }
}

function checkTensor(number: number, value: bigint | Uint8Array, path: string): void {
  if (number === EXTERNAL_DATA) throw external(path, typeof value === 'bigint' ? String(value) : entry(value));
  if (number === DATA_LOCATION && value !== 0n) throw external(path, 'EXTERNAL');
}

/** `location=weights.bin`, as far as it can be read. */
function entry(bytes: Uint8Array): string {
  const texts: string[] = [];
  for (const { value } of protobufFields(bytes)) {
    if (typeof value !== 'bigint') texts.push(Buffer.from(value.subarray(0, 80)).toString());
  }
  return texts.join('=');
}

function external(path: string, value: string): ModelFormatError {
  const message = `${path} of the ONNX model keeps its data outside (${value}): save the model with its weights inside`;
  return new ModelFormatError(path, value, message);
}
