/** A protobuf message from its fields: a number is a varint, a text or bytes have a length. */
export type Field = readonly [number: number, value: number | string | Uint8Array];

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value % 0x80) + 0x80, ...varint(Math.floor(value / 0x80))];
}

/** Encodes a message. */
export function message(...fields: readonly Field[]): Buffer {
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === 'number') return Buffer.from([...varint(number * 8), ...varint(value)]);
      const bytes = Buffer.from(value as Uint8Array);
      return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]), bytes]);
    }),
  );
}

/** A float tensor with its values inside; `more` adds fields to it. */
export function tensor(
  name: string,
  dims: readonly number[],
  values: readonly number[],
  ...more: readonly Field[]
): Buffer {
  const raw = Buffer.from(Float32Array.from(values).buffer);
  return message(...dims.map((dim): Field => [1, dim]), [2, 1], [8, name], [9, raw], ...more);
}

/** An input or output: float32 [n, columns]. */
export function port(name: string, columns: number): Buffer {
  const shape = message([1, message([2, 'n'])], [1, message([1, columns])]);
  return message([1, name], [2, message([1, message([1, 1], [2, shape])])]);
}

/** A model with a graph of these fields. */
export function onnxModel(...graph: readonly Field[]): Buffer {
  return message([1, 8], [2, 'loopwright'], [7, message(...graph)], [8, message([1, ''], [2, 13])]);
}

/** sigmoid(x · weights + bias) as [n, 1]: one Gemm, one Sigmoid. */
export function logisticOnnx(weights: readonly number[], bias: number): Buffer {
  return onnxModel(
    [1, message([1, 'x'], [1, 'w'], [1, 'b'], [2, 's'], [4, 'Gemm'])],
    [1, message([1, 's'], [2, 'p'], [4, 'Sigmoid'])],
    [2, 'logistic'],
    [5, tensor('w', [weights.length, 1], weights)],
    [5, tensor('b', [1], [bias])],
    [11, port('x', weights.length)],
    [12, port('p', 1)],
  );
}

/** The same as [n, 2]: softmax over 0 and x · weights + bias. */
export function softmaxOnnx(weights: readonly number[], bias: number): Buffer {
  return onnxModel(
    [1, message([1, 'x'], [1, 'w'], [1, 'b'], [2, 's'], [4, 'Gemm'])],
    [1, message([1, 's'], [2, 'p'], [4, 'Softmax'])],
    [2, 'softmax'],
    [
      5,
      tensor(
        'w',
        [weights.length, 2],
        weights.flatMap((weight) => [0, weight]),
      ),
    ],
    [5, tensor('b', [2], [0, bias])],
    [11, port('x', weights.length)],
    [12, port('p', 2)],
  );
}
