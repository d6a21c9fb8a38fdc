/** What follows an opcode: so many bytes, lines, or bytes after a length of so many bytes. */
type Argument =
  { readonly bytes: number } | { readonly lines: RegExp; readonly count: number } | { readonly size: number };

interface Opcode {
  readonly argument: Argument;
  /** Values taken from the stack; `MARK` takes all down to the mark. */
  readonly takes: number;
  readonly gives: number;
  /** Whether it calls what the pickle names. */
  readonly calls: boolean;
}

const MARK = -1;
const NONE: Argument = { bytes: 0 };
const IDENTIFIER = /^[A-Za-z_][\w.]*$/;
const INTEGER = /^-?\d+L?$/;

function opcodes(): ReadonlyMap<number, Opcode> {
  const table = new Map<number, Opcode>();
  const add = (codes: string, takes: number, gives: number, argument = NONE, calls = false) => {
    for (const code of codes) table.set(code.charCodeAt(0), { argument, takes, gives, calls });
  };
  add('N})]\x88\x89\x8f\x97', 0, 1);
  for (const [codes, bytes] of [
    ['Kh\x82', 1],
    ['M\x83', 2],
    ['Jj\x84', 4],
    ['G', 8],
  ] as const)
    add(codes, 0, 1, { bytes });
  for (const [codes, size] of [
    ['UC\x8a\x8c', 1],
    ['TXB\x8b', 4],
    ['\x8d\x8e\x96', 8],
  ] as const)
    add(codes, 0, 1, { size });
  for (const [codes, lines] of [
    ['ILg', INTEGER],
    ['F', /^[-+\d.e]+$|^-?(inf|nan)$/],
    ['S', /^(['"]).*\1$/s],
    ['VP', /^.*$/s],
  ] as const) {
    add(codes, 0, 1, { lines, count: 1 });
  }
  // What writes to the memo, or changes what is below, leaves as much as it takes.
  add('p', 1, 1, { lines: INTEGER, count: 1 });
  add('q', 1, 1, { bytes: 1 });
  add('r', 1, 1, { bytes: 4 });
  add('\x94\x98\x85', 1, 1);
  add('0', 1, 0);
  add('2', 1, 2);
  add('a\x86', 2, 1);
  add('s\x87', 3, 1);
  add('1eu\x90', MARK, 0);
  add('dlt\x91', MARK, 1);
  add('\x80', 0, 0, { bytes: 1 });
  add('\x95', 0, 0, { bytes: 8 });
  add('c', 0, 1, { lines: IDENTIFIER, count: 2 });
  add('\x93', 2, 1);
  add('Q', 1, 1, NONE, true);
  add('Rb\x81', 2, 1, NONE, true);
  add('\x92', 3, 1, NONE, true);
  add('o', MARK, 1, NONE, true);
  add('i', MARK, 1, { lines: IDENTIFIER, count: 2 }, true);
  return table;
}

const OPCODES = opcodes();
const [OPEN, STOP, PROTO] = [0x28, 0x2e, 0x80];

/**
 * Whether bytes are a pickle of any protocol, with or without its header: they begin like one, or a pickle machine
 * would come from the first byte to a call or to a STOP that ends them. Nothing in them is run.
 */
export function isPickle(bytes: Uint8Array): boolean {
  if (bytes[0] === PROTO && bytes[1]! <= 5) return true;
  const below: number[] = [];
  let depth = 0;
  let at = 0;
  while (at < bytes.length) {
    const code = bytes[at]!;
    at += 1;
    if (code === STOP) return below.length === 0 && depth === 1 && isBlank(bytes, at);
    if (code === OPEN) {
      below.push(depth);
      depth = 0;
      continue;
    }
    const opcode = OPCODES.get(code);
    if (opcode === undefined) return false;
    const next = after(bytes, at, opcode.argument);
    if (next === null) return false;
    at = next;
    if (opcode.takes === MARK) {
      const outer = below.pop();
      if (outer === undefined) return false;
      depth = outer;
    } else if (depth < opcode.takes) return false;
    else depth -= opcode.takes;
    depth += opcode.gives;
    if (opcode.calls) return true;
  }
  return false;
}

/** Where an argument ends; null where it is none. */
function after(bytes: Uint8Array, at: number, argument: Argument): number | null {
  if ('bytes' in argument) return within(bytes, at + argument.bytes);
  if ('size' in argument) {
    if (within(bytes, at + argument.size) === null) return null;
    let length = 0;
    for (let k = argument.size - 1; k >= 0; k -= 1) length = length * 256 + bytes[at + k]!;
    return within(bytes, at + argument.size + length);
  }
  let start = at;
  for (let line = 0; line < argument.count; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0 || !argument.lines.test(Buffer.from(bytes.subarray(start, end)).toString('latin1').trimEnd()))
      return null;
    start = end + 1;
  }
  return start;
}

function within(bytes: Uint8Array, at: number): number | null {
  return at <= bytes.length ? at : null;
}

function isBlank(bytes: Uint8Array, from: number): boolean {
  return bytes.subarray(from).every((byte) => byte === 0x0a || byte === 0x0d || byte === 0x20);
}
