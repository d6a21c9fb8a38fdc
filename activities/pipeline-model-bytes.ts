import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArtifactUri } from '../src/contracts';
import type { ArtifactRef, ModelFormat, ModelSignature } from '../src/contracts';
import { formatOf, ModelFormatError, signatureOf } from '../src/models';
import { modelSignatureSchema, parseWith } from '../src/schemas';
import type { Stores } from '../src/stores';
import { problem } from '../src/schemas/parse';
import { checked, refused } from './pipeline-spec';

/** Beside an ONNX model, which does not say it: the features in the order of its input, `[{ "name", "type" }]`. */
const SIGNATURE = 'signature.json';

/** An output that is to be a model. */
export interface ModelSource {
  readonly stage: string;
  readonly output: string;
  readonly ref: ArtifactRef;
}

/** A model as it can be registered. */
export interface ReadModel {
  readonly bytes: Uint8Array;
  readonly format: ModelFormat;
  readonly signature: ModelSignature;
}

interface Found {
  readonly bytes: Uint8Array;
  /** What lies beside it, if anything. */
  readonly signature: string | null;
}

/**
 * Reads a model from a file, or from a folder with one beside its `signature.json`.
 * @param name the stage that is to deploy it, for messages
 * @throws ApplicationFailure not to be tried again, for what is no model that we can score with
 */
export async function readModel(stores: Stores, parent: string, name: string, source: ModelSource): Promise<ReadModel> {
  const isFile = parseArtifactUri(source.ref.uri)?.kind === 'file';
  const found = isFile
    ? { bytes: await stores.artifacts.get(source.ref.sha256), signature: null }
    : await inFolder(stores, parent, name, source);
  try {
    const format = formatOf(found.bytes);
    const signature = signatureOf(found.bytes, format) ?? given(name, found.signature);
    return { bytes: found.bytes, format, signature };
  } catch (error) {
    if (!(error instanceof ModelFormatError)) throw error;
    throw refused(`stage ${name}`, [problem('inputs.model', error.value, error.message)]);
  }
}

async function inFolder(stores: Stores, parent: string, name: string, source: ModelSource): Promise<Found> {
  const folder = await mkdtemp(join(parent === '' ? tmpdir() : parent, 'loopwright-'));
  try {
    const at = join(folder, 'model');
    await stores.artifactFiles.fetch(source.ref, at);
    const entries = await readdir(at, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const models = files.filter((file) => relative(at, file) !== SIGNATURE);
    if (models.length !== 1) {
      const expected = `expected one file, or a folder with one and perhaps ${SIGNATURE}: there are ${models.length}`;
      throw refused(`stage ${name}`, [problem('inputs.model.from', `${source.stage}.${source.output}`, expected)]);
    }
    const signature = models.length < files.length ? await readFile(join(at, SIGNATURE), 'utf8') : null;
    return { bytes: await readFile(models[0]!), signature };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function given(name: string, text: string | null): ModelSignature {
  if (text === null) {
    const expected = `expected a folder with the model and ${SIGNATURE}, the features in the order of its input`;
    throw refused(`stage ${name}`, [problem('inputs.model', 'an ONNX model alone', expected)]);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused(`stage ${name}`, [problem(`inputs.model.${SIGNATURE}`, text.slice(0, 80), 'expected JSON')]);
  }
  return checked(() => parseWith(modelSignatureSchema, value, `${SIGNATURE} of the model of stage ${name}`));
}
