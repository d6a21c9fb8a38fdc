/** What stands in the place of a secret. */
const MASK = Buffer.from('***');
/** A shorter value would mask half of every log. */
const SHORTEST = 4;

/** Takes what a stage writes and passes it on without the secrets. */
export interface Redacting {
  write(chunk: Uint8Array | string): void;
  /** Passes on what was held back. */
  end(): void;
}

/** A run of bytes, `end` not in it. */
interface Run {
  readonly start: number;
  readonly end: number;
}

/**
 * Replaces every secret of 4 characters or more by `***`, also one that is split over chunks; secrets that overlap
 * become one `***`. An end that may be the beginning of a secret is held back until more comes.
 * @param sink takes what may be shown
 */
export function redacting(secrets: readonly string[], sink: (chunk: Uint8Array) => void): Redacting {
  const needles = [...new Set(secrets)].filter(({ length }) => length >= SHORTEST).map((secret) => Buffer.from(secret));
  let held = Buffer.alloc(0);
  /** So many bytes of `held` belong to a secret whose mask has been passed on. */
  let masked = 0;
  const pass = (cut: number): void => {
    const out: Uint8Array[] = [];
    let at = 0;
    for (const { start, end } of runsOf(needles, held, masked)) {
      if (start >= cut && start >= masked) break;
      out.push(held.subarray(at, start));
      if (start > 0 || masked === 0) out.push(MASK);
      at = end;
    }
    out.push(held.subarray(at, Math.max(at, cut)));
    masked = Math.max(0, at - cut);
    held = held.subarray(cut);
    const shown = Buffer.concat(out);
    if (shown.length > 0) sink(shown);
  };
  return {
    write: (chunk) => {
      held = Buffer.concat([held, typeof chunk === 'string' ? Buffer.from(chunk) : chunk]);
      pass(held.length - Math.max(0, ...needles.map((needle) => begunIn(held, needle))));
    },
    end: () => pass(held.length),
  };
}

/** How many of the last bytes are the first ones of a secret, not all of it. */
function begunIn(bytes: Buffer, needle: Buffer): number {
  for (let size = Math.min(needle.length - 1, bytes.length); size > 0; size -= 1)
    if (bytes.compare(needle, 0, size, bytes.length - size) === 0) return size;
  return 0;
}

/** A text without the secrets. */
export function redacted(secrets: readonly string[], text: string): string {
  const shown: Uint8Array[] = [];
  const clean = redacting(secrets, (chunk) => shown.push(chunk));
  clean.write(text);
  clean.end();
  return Buffer.concat(shown).toString();
}

/** Where secrets stand, in order and without overlap; the first bytes may belong to one that began before. */
function runsOf(needles: readonly Buffer[], bytes: Buffer, masked: number): readonly Run[] {
  const found: Run[] = masked > 0 ? [{ start: 0, end: masked }] : [];
  for (const needle of needles) {
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1))
      found.push({ start: at, end: at + needle.length });
  }
  const runs: Run[] = [];
  for (const run of found.sort((a, b) => a.start - b.start)) {
    const last = runs.at(-1);
    if (last === undefined || run.start >= last.end) runs.push(run);
    else runs[runs.length - 1] = { start: last.start, end: Math.max(last.end, run.end) };
  }
  return runs;
}
