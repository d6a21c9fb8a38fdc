import { deflateSync, gzipSync } from 'node:zlib';
import { formatOf, ModelFormatError, signatureOf, trainerOf } from '../../src/models';
import { modelBytes } from '../support/models';
import { logisticOnnx } from '../support/onnx';

const text = (json: unknown) => Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
const remote = { format: 'loopwright/remote-scorer@1', url: 'https://scores.example.com/v1', features: ['b', 'a'] };
const hex = (bytes: string) => Buffer.from(bytes.replace(/\s/g, ''), 'hex');

function tar(): Buffer {
  const header = Buffer.alloc(512);
  header.write('model.pkl');
  header.write('        ', 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

function windowsProgram(): Buffer {
  const bytes = Buffer.alloc(128);
  bytes.write('MZ');
  bytes.writeUInt32LE(64, 60);
  bytes.write('PE\0\0', 64);
  return bytes;
}

/** An object whose `__reduce__` calls os.system('id'), as Python 3.12 pickles it. */
const HOSTILE = [
  'cposix\nsystem\np0\n(Vid\np1\ntp2\nRp3\n.',
  '63 706f7369780a 73797374656d0a 7100 2858 02000000 6964 7101 7471 02 52 7103 2e',
  '8002 63 706f7369780a 73797374656d0a 7100 5802000000 6964 7101 85 7102 52 7103 2e',
  '8003 63 706f7369780a 73797374656d0a 7100 5802000000 6964 7101 85 7102 52 7103 2e',
  '8004 9520000000000000008c05706f736978948c0673797374656d9493948c0269649485945294 2e',
  '8005 9520000000000000008c05706f736978948c0673797374656d9493948c0269649485945294 2e',
].map((pickle, protocol) => [`protocol ${protocol}`, protocol === 0 ? Buffer.from(pickle) : hex(pickle)] as const);

const withoutHeader = HOSTILE[4]![1].subarray(2);
const zipEnd = Buffer.concat([hex('504b0506'), Buffer.alloc(18)]);
const behindHead = (bytes: Uint8Array) => Buffer.concat([Buffer.alloc(512, 1), bytes]);

const foreign: readonly (readonly [string, Uint8Array, string])[] = [
  ...HOSTILE.map(([protocol, bytes]) => [`a pickle of ${protocol}`, bytes, 'a pickle'] as const),
  ['a pickle without its header', withoutHeader, 'a pickle'],
  ['a pickle that goes on after its end', Buffer.concat([HOSTILE[0]![1], text('more')]), 'a pickle'],
  ['a pickle of a list', text('(lp0\nI1\naI2\na.'), 'a pickle'],
  ['a pickle of a dict with floats', text("(dp0\nS'w'\np1\nF0.5\ns.\n"), 'a pickle'],
  ['a joblib dump of a NumPy model', hex('80049514000000000000008c1173'), 'a pickle'],
  ['a compressed joblib dump', deflateSync(HOSTILE[3]![1]), 'zlib-compressed'],
  ['an old compressed joblib dump', text(`ZF0x${'0'.repeat(17)}`), 'joblib'],
  ['gzip', gzipSync(HOSTILE[3]![1]), 'gzip'],
  ['bzip2', text('BZh91AY&SY'), 'bzip2'],
  ['xz', hex('fd377a585a000004'), 'xz'],
  ['lzma', hex('5d00008000'), 'lzma'],
  ['lz4', hex('04224d18'), 'lz4'],
  ['zstandard', hex('28b52ffd'), 'zstandard'],
  ['a PyTorch file', Buffer.concat([hex('504b0304'), text('archive/data.pkl'), zipEnd]), 'PyTorch'],
  ['another zip', Buffer.concat([hex('504b0304'), zipEnd]), 'a zip archive'],
  ['a zip behind JSON', Buffer.concat([text(remote), zipEnd]), 'a zip archive'],
  ['HDF5', hex('894844460d0a1a0a'), 'HDF5'],
  ['HDF5 behind a block of the user', behindHead(hex('894844460d0a1a0a')), 'HDF5'],
  ['a NumPy array', Buffer.concat([hex('93'), text('NUMPY')]), 'NumPy'],
  ['an ELF library', hex('7f454c4602'), 'ELF'],
  ['Mach-O', hex('cffaedfe'), 'Mach-O'],
  ['a class of Java', hex('cafebabe'), 'Java'],
  ['WebAssembly', hex('0061736d01'), 'WebAssembly'],
  ['a script', text('#!/bin/sh\n'), 'script'],
  ['a Windows library', windowsProgram(), 'Windows'],
  ['bytecode of Python 3.11', hex('a70d0d0a00000000'), 'bytecode'],
  ['bytecode of Python 2.7', hex('03f30d0a'), 'bytecode'],
  ['tar of the oldest kind', tar(), 'tar'],
  ['nothing', new Uint8Array(), 'no bytes at all'],
];

test.each(foreign)('%s is refused, whoever trained it', (_, bytes, found) => {
  for (const trainer of [undefined, 'mine', 'logistic-regression', 'onnx']) {
    expect(() => formatOf(bytes, trainer)).toThrow(ModelFormatError);
    expect(() => formatOf(bytes, trainer)).toThrow(found);
    expect(() => formatOf(bytes, trainer)).toThrow(expect.objectContaining({ path: 'artifact' }));
  }
});

test.each([
  ['text', text('hello.')],
  ['a line of text that ends in a stop', text('Intercept 0.5 and slope 2.\n')],
  ['a table', text('coefficients\nintercept\n0.25\n')],
  ['a LightGBM model', text('tree\nversion=v4\nnum_class=1\n')],
  ['an expression', text('(intercept 3.2)\n(slope 1)\n')],
  ['a text that begins like zlib', text('x^2 + 1')],
  ['a text with CR LF', text('ab\r\ncd\r\n')],
  ['numbers', Buffer.from(Float64Array.from([0.5, -1, 3]).buffer)],
  ['a single byte', text('N')],
  ['a mark alone', text('(.')],
  ['two values and a stop', text('NN.')],
  ['JSON of the user', text({ weights: [1, 2] })],
  ['our own JSON', modelBytes(1)],
  ['an ONNX model', logisticOnnx([1], 0)],
])('bytes of a user’s own trainer are opaque: %s', (_, bytes) => {
  expect(formatOf(bytes, 'mine')).toBe('stage');
});

test.each([
  ['loopwright/logistic-regression@1', modelBytes(1), 'logistic-regression'],
  ['loopwright/remote-scorer@1', text(` \n${JSON.stringify(remote)}`), 'remote-scorer'],
  ['onnx', logisticOnnx([1, 2], 0), 'onnx'],
] as const)('%s is told from its bytes, and names its trainer', (format, bytes, trainer) => {
  expect(formatOf(bytes)).toBe(format);
  expect(formatOf(bytes, trainer)).toBe(format);
  expect(trainerOf(format)).toBe(trainer);
  const other = trainer === 'onnx' ? 'logistic-regression' : 'onnx';
  expect(() => formatOf(bytes, other)).toThrow(`trainer is "${other}": the artifact is ${format}`);
});

test.each([
  ['JSON of another format', text({ format: 'xgboost@1' }), { path: 'format', value: 'xgboost@1' }],
  ['JSON without a format', text({}), { path: 'format', value: undefined }],
  ['JSON that breaks off', text('{"format"'), { path: '' }],
  ['a list', text('[1]'), { path: 'artifact' }],
  ['a text', text('no model'), { path: 'artifact' }],
  ['a damaged model of ours', text({ format: 'loopwright/logistic-regression@1' }), { path: 'features' }],
  ['an ONNX model cut short', logisticOnnx([1], 0).subarray(0, 60), { path: 'artifact' }],
])('what ships does not take %s', (_, bytes, error) => {
  expect(() => formatOf(bytes)).toThrow(ModelFormatError);
  expect(() => formatOf(bytes)).toThrow(expect.objectContaining(error));
});

test('the signature of our own JSON is read from it, by name', () => {
  const fields = ['a', 'b'].map((name) => ({ name, type: 'number' }));
  expect(signatureOf(text(remote), 'loopwright/remote-scorer@1')).toEqual(fields);
  const [b, a] = ['b', 'a'].map((name) => ({ name, mean: 0, scale: 1 }));
  const format = 'loopwright/logistic-regression@1';
  const model = { format, features: [b, a], coefficients: [1, 2], intercept: 0, trainedRows: 9 };
  expect(signatureOf(text(model), format)).toEqual(fields);
  expect(() => signatureOf(text({ ...model, features: [a, a] }), format)).toThrow('"a" twice');
  expect(signatureOf(logisticOnnx([1], 0), 'onnx')).toBeNull();
  expect(signatureOf(text('x'), 'stage')).toBeNull();
  expect(trainerOf('stage')).toBeNull();
});
