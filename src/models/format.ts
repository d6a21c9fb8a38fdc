import { DEFAULT_TRAINER } from '../contracts';
import type { ModelFormat, ModelSignature } from '../contracts';
import { foreignContent } from './foreign';
import { decodeModel, ModelFormatError, parseJson } from './model';
import { isOnnx } from './onnx';
import { decodeRemoteScorer } from './remote-scorer';

/** What ships scores these formats; every other trainer is a stage of the user's own. */
const TRAINERS = {
  'loopwright/logistic-regression@1': DEFAULT_TRAINER,
  'loopwright/remote-scorer@1': 'remote-scorer',
  onnx: 'onnx',
} as const satisfies Record<Exclude<ModelFormat, 'stage'>, string>;

/**
 * What an artifact is, told from its bytes and never from a name. Bytes of a user's own trainer are opaque (`stage`),
 * but what is a pickle, an archive or an executable is refused there too. Nothing is unpacked or run.
 * @param trainer who made it; not given: one that ships
 * @throws ModelFormatError saying what was found and what is taken
 * @example formatOf(encodeModel(trainLogisticRegression({ columns, labels }))) // 'loopwright/logistic-regression@1'
 */
export function formatOf(bytes: Uint8Array, trainer?: string): ModelFormat {
  if (bytes.length === 0) throw refused('no bytes at all');
  const foreign = foreignContent(bytes);
  if (foreign !== null) throw refused(foreign);
  const ships = trainer === undefined || Object.values<string>(TRAINERS).includes(trainer);
  if (!ships) return 'stage';
  const format = shippedFormat(bytes);
  if (trainer === undefined || trainer === TRAINERS[format]) return format;
  throw new ModelFormatError(
    'trainer',
    trainer,
    `trainer is "${trainer}": the artifact is ${format}, of ${TRAINERS[format]}`,
  );
}

/** The trainer that scores a format; null for the bytes of a user's own. */
export function trainerOf(format: ModelFormat): string | null {
  return format === 'stage' ? null : TRAINERS[format];
}

/**
 * The features that a model takes, as its bytes say; null for those that do not say it.
 * @throws ModelFormatError where a feature stands there twice
 */
export function signatureOf(bytes: Uint8Array, format: ModelFormat): ModelSignature | null {
  if (format === 'loopwright/logistic-regression@1')
    return ofNames(decodeModel(bytes).features.map(({ name }) => name));
  return format === 'loopwright/remote-scorer@1' ? ofNames(decodeRemoteScorer(bytes).features) : null;
}

function ofNames(names: readonly string[]): ModelSignature {
  const sorted = [...names].sort();
  const twice = sorted.find((name, index) => name === sorted[index + 1]);
  if (twice === undefined) return sorted.map((name) => ({ name, type: 'number' }));
  throw new ModelFormatError('features', twice, `features of the model has "${twice}" twice`);
}

function shippedFormat(bytes: Uint8Array): Exclude<ModelFormat, 'stage'> {
  if (isJsonObject(bytes)) {
    const format: unknown = (parseJson(bytes) as { format?: unknown }).format;
    if (format === 'loopwright/remote-scorer@1') return decodeRemoteScorer(bytes).format;
    if (format === 'loopwright/logistic-regression@1') return decodeModel(bytes).format;
    const shown = (JSON.stringify(format) ?? 'missing').slice(0, 80);
    throw new ModelFormatError('format', format, `format of the model is ${shown}: expected ${accepted()}`);
  }
  if (isOnnx(bytes)) return 'onnx';
  throw refused(`bytes of an unknown format (${Buffer.from(bytes.subarray(0, 8)).toString('hex')} …)`);
}

/** JSON of ours is an object; what follows the brace is judged by the parser. */
function isJsonObject(bytes: Uint8Array): boolean {
  return bytes[bytes.findIndex((byte) => ![0x20, 0x09, 0x0a, 0x0d].includes(byte))] === 0x7b;
}

function accepted(): string {
  return 'loopwright/logistic-regression@1 or loopwright/remote-scorer@1';
}

function refused(found: string): ModelFormatError {
  const taken = `expected JSON of ${accepted()}, an ONNX model, or the bytes of a trainer of your own, named by trainer`;
  return new ModelFormatError('artifact', found, `the artifact is ${found}: ${taken}`);
}
