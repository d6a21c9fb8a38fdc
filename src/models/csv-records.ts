/** One record of a CSV text, and the line that it begins at, from 1. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * The records of a CSV text (RFC 4180; lines may end with LF alone), one at a time.
 * @param refusal makes the error for what is no CSV
 */
export function* records(text: string, refusal: (line: number, why: string) => Error): Generator<CsvRecord, void> {
  let at = 0;
  for (let line = 1; at < text.length;) {
    const found = endOf(text, at);
    const plain = text.slice(at, found);
    if (!plain.includes('"')) {
      yield { line, fields: (plain.endsWith('\r') ? plain.slice(0, -1) : plain).split(',') };
      at = found + 1;
      line += 1;
      continue;
    }
    const { fields, end } = quotedRecord(text, at, (why) => refusal(line, why));
    yield { line, fields };
    line += text.slice(at, end).split('\n').length - 1;
    at = end;
  }
}

/** A record with quotes, field by field: quotes may hold commas and the ends of lines. */
function quotedRecord(
  text: string,
  start: number,
  refusal: (why: string) => Error,
): { readonly fields: string[]; readonly end: number } {
  const fields: string[] = [];
  for (let at = start; ; at += 1) {
    const stop = text[at] === '"' ? closingQuote(text, at, refusal) + 1 : plainEnd(text, at);
    const field = text.slice(at, stop);
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    at = stop;
    if (text[at] === ',') continue;
    if (text.startsWith('\r\n', at)) return { fields, end: at + 2 };
    if (at >= text.length || text[at] === '\n') return { fields, end: at + 1 };
    throw refusal(
      `${JSON.stringify(text[at])} after ${JSON.stringify(field.slice(0, 80))}: expected a comma or the end of the line`,
    );
  }
}

function endOf(text: string, from: number): number {
  const found = text.indexOf('\n', from);
  return found < 0 ? text.length : found;
}

/** Where a field without quotes ends. */
function plainEnd(text: string, from: number): number {
  const end = /[",\r\n]/g;
  end.lastIndex = from;
  return end.exec(text)?.index ?? text.length;
}

/** The quote that closes a field; two of them are one that is meant. */
function closingQuote(text: string, open: number, refusal: (why: string) => Error): number {
  for (let at = text.indexOf('"', open + 1); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  throw refusal('a quote is opened and never closed');
}
