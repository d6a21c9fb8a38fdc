import { parseWith, runPipelineInputSchema } from '../../src/schemas';

const sha256 = 'b'.repeat(64);
const file = { sha256, bytes: 3, uri: `artifact:file/${sha256}` };
const parse = (input: unknown) => parseWith(runPipelineInputSchema, input, 'run');

test('a run by name, digest, declaration or earlier run', () => {
  expect(parse({ pipeline: 'p', params: { n: 1 }, at: '2026-11-25', files: { '/d/r.csv': file }, returns: ['a.b'] })).toEqual({
    ...{ pipeline: 'p', params: { n: 1 }, files: { '/d/r.csv': file }, returns: ['a.b'] },
    at: '2026-11-25T00:00:00.000Z',
  });
  expect(parse({ digest: sha256 })).toEqual({ digest: sha256 });
  expect(parse({ spec: { any: 'thing' } })).toEqual({ spec: { any: 'thing' } });
  expect(parse({ pipeline: 'p', retryOf: 'pipeline:p:1~2' })).toEqual({ pipeline: 'p', retryOf: 'pipeline:p:1~2' });
});

test.each([
  [{}, 'pipeline is missing: expected one of pipeline, digest, spec and retryOf'],
  [{ spec: {}, pipeline: 'p' }, 'pipeline is "p": expected none beside spec'],
  [{ retryOf: 'r', params: { n: 1 } }, 'params is {"n":1}: expected none beside retryOf'],
  [{ retryOf: 'r', files: {} }, 'files is {}: expected none beside retryOf'],
  [{ retryOf: '\n' }, 'retryOf is "\\n": expected the id of a run'],
  [{ pipeline: 'p', extra: 1 }, 'extra is not a known field'],
  [{ pipeline: { $ne: null } }, 'pipeline is {"$ne":null}'],
  [{ digest: 'x' }, 'digest is "x": expected a SHA-256'],
  [{ pipeline: 'p', params: { n: [1] } }, 'params.n is [1]: expected a text'],
  [{ pipeline: 'p', params: JSON.parse('{"__proto__":1}') as object }, 'params.__proto__'],
  [{ pipeline: 'p', at: 'soon' }, 'at is "soon": expected an ISO 8601 day'],
  [{ pipeline: 'p', returns: ['model'] }, 'returns.0 is "model": expected stage.output'],
  [{ pipeline: 'p', who: '' }, 'who is "": expected 1 to 200'],
  [{ pipeline: 'p', files: { '/a': { ...file, uri: 'file:///etc/passwd' } } }, 'files./a.uri is "file:///etc/passwd": expected artifact:file/'],
  [{ spec: 'x'.repeat(2_000_000) }, 'expected a declaration of at most 1 MiB as JSON'],
])('%j is refused', (input, message) => {
  expect(() => parse(input)).toThrow(message);
});

test.each(['rows.csv', '/', '//a', '/a/../b', '/a/./b', '/..', '/a\u2028b', '/a\\b'])('a file cannot lie at %j', (path) => {
  expect(() => parse({ pipeline: 'p', files: { [path]: file } })).toThrow(/expected an absolute path|Invalid key/);
});

test.each(['/a', '/a/', '/data/.hidden/x..y'])('a file may lie at %s', (path) => {
  expect(parse({ pipeline: 'p', files: { [path]: file } }).files).toEqual({ [path]: file });
});

test('a declaration that cannot be written as JSON is refused', () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;
  expect(() => parse({ spec: circular })).toThrow('expected a declaration of at most 1 MiB');
});
