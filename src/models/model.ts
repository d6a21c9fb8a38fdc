/** A logistic regression as it is stored: JSON, never code. */
export interface LogisticRegressionModel {
  readonly format: 'loopwright/logistic-regression@1';
  readonly features: readonly {
    readonly name: string;
    /** Also what a missing value is taken for. */
    readonly mean: number;
    /** Population σ; 1 for a constant feature. */
    readonly scale: number;
  }[];
  /** One for each feature, on standardised values. */
  readonly coefficients: readonly number[];
  readonly intercept: number;
  readonly trainedRows: number;
}

/** Bytes that are no model. */
export class ModelFormatError extends Error {
  override readonly name = 'ModelFormatError';
  /** Where in the model, e.g. `features.0.scale`; empty when the bytes are no JSON at all. */
  readonly path: string;
  /** What stands there. */
  readonly value: unknown;

  constructor(path: string, value: unknown, message: string) {
    super(message);
    this.path = path;
    this.value = value;
  }
}

/** The bytes of a model; the same model gives the same bytes. */
export function encodeModel(model: LogisticRegressionModel): Uint8Array {
  const { format, features, coefficients, intercept, trainedRows } = model;
  const ordered = features.map(({ name, mean, scale }) => ({ name, mean, scale }));
  return new TextEncoder().encode(JSON.stringify({ format, features: ordered, coefficients, intercept, trainedRows }));
}

/**
 * A model from its bytes.
 * @throws ModelFormatError with the path and the value
 */
export function decodeModel(bytes: Uint8Array): LogisticRegressionModel {
  const model = parseJson(bytes) as Partial<LogisticRegressionModel> | null;
  expect(model?.format === 'loopwright/logistic-regression@1', 'format', model?.format);
  expect(Array.isArray(model?.features), 'features', model?.features);
  expect(Array.isArray(model?.coefficients), 'coefficients', model?.coefficients);
  const { features, coefficients, intercept, trainedRows } = model as LogisticRegressionModel;
  expect(coefficients.length === features.length, 'coefficients.length', coefficients.length);
  features.forEach((feature, index) => {
    expect(typeof feature?.name === 'string', `features.${index}.name`, feature?.name);
    expect(Number.isFinite(feature.mean), `features.${index}.mean`, feature.mean);
    expect(Number.isFinite(feature.scale) && feature.scale > 0, `features.${index}.scale`, feature.scale);
    expect(Number.isFinite(coefficients[index]), `coefficients.${index}`, coefficients[index]);
  });
  expect(Number.isFinite(intercept), 'intercept', intercept);
  expect(Number.isInteger(trainedRows), 'trainedRows', trainedRows);
  return model as LogisticRegressionModel;
}

/**
 * The JSON value that bytes hold.
 * @throws ModelFormatError when they hold none
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = new TextDecoder().decode(bytes);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ModelFormatError('', text.slice(0, 80), `the model is no JSON: ${(error as Error).message}`);
  }
}

function expect(fine: boolean, path: string, value: unknown): void {
  if (!fine) throw new ModelFormatError(path, value, `${path} of the model is ${JSON.stringify(value) ?? 'missing'}`);
}

/** The probability of label 1 for each row. A missing value is taken for the mean, an unknown column is left out. */
export function scoreRows(
  model: LogisticRegressionModel,
  columns: ReadonlyMap<string, ArrayLike<number>>,
  n: number,
): Float64Array {
  const sums = new Float64Array(n).fill(model.intercept);
  model.features.forEach(({ name, mean, scale }, index) => {
    const column = columns.get(name);
    if (column === undefined) return;
    const coefficient = model.coefficients[index]!;
    for (let row = 0; row < n; row += 1) {
      const value = column[row]!;
      if (!Number.isFinite(value)) continue;
      // Held finite: two infinities of opposite sign would make a sum NaN.
      const part = (coefficient * (value - mean)) / scale;
      sums[row]! += Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, part));
    }
  });
  return sums.map((sum) => 1 / (1 + Math.exp(-sum)));
}

/** Label 1 from a probability of a half on. */
export function predictLabels(scores: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(scores, (score) => (score >= 0.5 ? 1 : 0));
}
