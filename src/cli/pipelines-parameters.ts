import { InvalidArgumentError } from 'commander';
import { PIPELINE_LIMITS } from '../contracts';
import type { CompiledPipeline, PipelineValue } from '../contracts';
import { didYouMean } from '../domain/suggest';

/** A parameter of a command line, as often as it is given. @throws InvalidArgumentError */
export function parameter(text: string, before: ReadonlyMap<string, string> = new Map()): Map<string, string> {
  const cut = text.indexOf('=');
  if (cut < 1) throw new InvalidArgumentError('expected name=value');
  return new Map([...before, [text.slice(0, cut), text.slice(cut + 1)]]);
}

/**
 * The pipeline's parameters, those given in the place of their defaults and of the default's type.
 * @throws Error naming the parameter and what is accepted
 */
export function parametersOf(
  { parameters }: CompiledPipeline,
  given: ReadonlyMap<string, string>,
): Readonly<Record<string, PipelineValue>> {
  const values = new Map(Object.entries(parameters));
  for (const [name, text] of given) {
    const known = values.get(name);
    if (known === undefined)
      throw new Error(`--param ${name} is unknown: ${didYouMean(name, Object.keys(parameters))}`);
    values.set(name, typed(name, text, known));
  }
  return Object.fromEntries(values);
}

function typed(name: string, text: string, like: PipelineValue): PipelineValue {
  const refuse = (expected: string) => new Error(`--param ${name} is ${JSON.stringify(text)}: expected ${expected}`);
  if (typeof like === 'boolean') {
    if (text !== 'true' && text !== 'false') throw refuse('true or false');
    return text === 'true';
  }
  if (typeof like === 'string') {
    if (text.length > PIPELINE_LIMITS.text) throw refuse(`at most ${PIPELINE_LIMITS.text} characters`);
    return text;
  }
  const value = Number(text);
  const exact = Number.isSafeInteger(value) || !Number.isInteger(value);
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) || !Number.isFinite(value) || !exact)
    throw refuse('a number that is kept exactly');
  return value;
}
