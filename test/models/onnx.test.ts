import { formatOf, ModelFormatError } from '../../src/models';
import { protobufFields, ProtobufError } from '../../src/models/protobuf';
import { logisticOnnx, message, onnxModel, tensor } from '../support/onnx';
import type { Field } from '../support/onnx';

const external = tensor('w', [1], [], [13, message([1, 'location'], [2, '../../secret.bin'])], [14, 1]);
const located = tensor('w', [1], [], [14, 1]);
const inside = tensor('w', [1], [1]);
const attribute = (...fields: readonly Field[]) => message([1, 'value'], ...fields);
const node = (...fields: readonly Field[]) => message([4, 'If'], ...fields);
const operators: Field = [8, message([2, 13])];
const graphs = (bytes: Buffer, depth: number): Buffer =>
  depth === 0 ? bytes : message([1, node([5, attribute([6, graphs(bytes, depth - 1)])])]);

test.each([
  ['an initializer', onnxModel([5, inside], [5, external]), 'model.graph.0.tensor.1'],
  ['an initializer without a location', onnxModel([5, located]), 'model.graph.0.tensor.0'],
  ['a constant', onnxModel([1, node([5, attribute([5, external])])]), 'model.graph.0.node.0.attribute.0.tensor.0'],
  ['a list of constants', onnxModel([1, node([5, attribute([10, inside], [10, external])])]), 'tensor.1'],
  ['a sparse initializer', onnxModel([15, message([1, inside], [2, external])]), 'sparseTensor.0'],
  ['a branch', onnxModel([1, node([5, attribute([6, message([5, external])])])]), 'attribute.0.graph.0.tensor.0'],
  ['one of several branches', onnxModel([1, node([5, attribute([11, message([5, external])])])]), 'graph.0.tensor.0'],
  [
    'a function',
    message([1, 8], operators, [7, message([5, inside])], [25, message([7, node([5, attribute([5, external])])])]),
    'function.0',
  ],
  [
    'a training graph',
    message([1, 8], operators, [7, message([5, inside])], [20, message([2, message([5, external])])]),
    'training.0',
  ],
  [
    'a graph that is repeated',
    message([1, 8], operators, [7, message([5, external])], [7, message([5, inside])]),
    'model.graph.0',
  ],
])('data outside the model is refused: in %s', (_, bytes, path) => {
  expect(() => formatOf(bytes)).toThrow(ModelFormatError);
  expect(() => formatOf(bytes)).toThrow(path);
  expect(() => formatOf(bytes)).toThrow('save the model with its weights inside');
});

test('what stands outside is named', () => {
  expect(() => formatOf(onnxModel([5, external]))).toThrow(
    expect.objectContaining({ value: 'location=../../secret.bin' }),
  );
});

test('an operator that may name the file of a compiled model is refused', () => {
  expect(() => formatOf(onnxModel([1, message([4, 'EPContext'])]))).toThrow('EPContext');
});

test('nesting is bounded', () => {
  expect(formatOf(message([1, 8], operators, [7, graphs(message([5, inside]), 20)]))).toBe('onnx');
  expect(() => formatOf(message([1, 8], operators, [7, graphs(message([5, inside]), 40)]))).toThrow('nested too deep');
});

test('a model that is damaged inside is refused with the place in it', () => {
  expect(() => formatOf(onnxModel([5, Buffer.from([0x0a, 0x7f])]))).toThrow('damaged');
});

test.each([
  ['without an IR version', message(operators, [7, message([5, inside])])],
  ['of an IR version that is none', message([1, 0], operators, [7, message([5, inside])])],
  ['without a graph', message([1, 8], operators, [2, 'TensorFlow'])],
  ['without an operator set', message([1, 8], [7, message([5, inside])])],
])('a message %s is no ONNX model', (_, bytes) => {
  expect(() => formatOf(bytes)).toThrow('unknown format');
});

test('fields are read with their wire types', () => {
  const bytes = Buffer.concat([
    message([1, 300], [2, 'abc']),
    Buffer.from([0x1d, 1, 2, 3, 4, 0x21, 1, 2, 3, 4, 5, 6, 7, 8]),
  ]);
  expect([...protobufFields(bytes)].map(({ number, wireType }) => [number, wireType])).toEqual([
    [1, 0],
    [2, 2],
    [3, 5],
    [4, 1],
  ]);
  expect([...protobufFields(bytes)][0]!.value).toBe(300n);
});

test.each([
  ['a length beyond the end', [0x0a, 0x05, 0x01]],
  ['a number cut off', [0x08, 0x80]],
  ['a number without end', [0x08, ...Array<number>(11).fill(0x80)]],
  ['a group', [0x0b, 0x0c]],
  ['field 0', [0x00, 0x00]],
])('%s is no message', (_, bytes) => {
  expect(() => [...protobufFields(Uint8Array.from(bytes))]).toThrow(ProtobufError);
});

test('no prefix of a model and no flipped byte makes the reader fail otherwise than by saying so', () => {
  const model = logisticOnnx([1, 2], 3);
  const judge = (bytes: Uint8Array) => {
    try {
      return formatOf(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(ModelFormatError);
      return 'refused';
    }
  };
  for (let length = 0; length < model.length; length += 1) expect(judge(model.subarray(0, length))).toBe('refused');
  for (let at = 0; at < model.length; at += 1) {
    const damaged = Uint8Array.from(model);
    damaged[at]! ^= 0xff;
    judge(damaged);
  }
});
