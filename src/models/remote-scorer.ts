import { ModelFormatError, parseJson } from './model';

/** A model that another service runs, as it is stored: where it is asked, and with which features. */
export interface RemoteScorerModel {
  readonly format: 'loopwright/remote-scorer@1';
  /** http or https, without user and password. Secrets do not belong here: an artifact is kept for ever. */
  readonly url: string;
  /** The features of a row, in the order in which they are sent. */
  readonly features: readonly string[];
}

const MAX_FEATURES = 2_000;

/**
 * A remote scorer from its bytes.
 * @throws ModelFormatError with the path and the value
 */
export function decodeRemoteScorer(bytes: Uint8Array): RemoteScorerModel {
  const model = parseJson(bytes) as Partial<RemoteScorerModel> | null;
  const { format, url, features } = model ?? {};
  expect(format === 'loopwright/remote-scorer@1', 'format', format, 'expected loopwright/remote-scorer@1');
  expect(isAddress(url), 'url', url, 'expected an http or https address without user and password');
  const named = Array.isArray(features) && features.length > 0 && features.length <= MAX_FEATURES;
  expect(named, 'features', features, `expected 1 to ${MAX_FEATURES} names`);
  features!.forEach((name: unknown, index) => {
    const fine = typeof name === 'string' && features!.indexOf(name) === index;
    expect(fine, `features.${index}`, name, 'expected a name that stands there once');
  });
  const unknown = Object.keys(model!).find((key) => !['format', 'url', 'features'].includes(key));
  expect(unknown === undefined, unknown ?? '', 'not a known field', 'remove it or correct its name');
  return model as RemoteScorerModel;
}

function isAddress(url: unknown): boolean {
  if (typeof url !== 'string' || !URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return (protocol === 'http:' || protocol === 'https:') && username === '' && password === '';
}

function expect(fine: boolean, path: string, value: unknown, expected: string): void {
  if (fine) return;
  const shown = (JSON.stringify(value) ?? 'missing').slice(0, 80);
  throw new ModelFormatError(path, value, `${path} of the remote scorer is ${shown}: ${expected}`);
}
