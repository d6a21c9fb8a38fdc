/** How a case of the reference files is answered: its input and arguments in, an object with the keys it expects out. */
export type Mapper = (input: any, args: any, expected: any) => unknown;

/** One mapper per `fn` of the reference files. */
export type Mappers = Readonly<Record<string, Mapper>>;

/** The same name in every file and every family: a result that is not `ok` is a failure that says why. */
export function ok<Result extends { readonly status: string }>(
  result: Result,
): Extract<Result, { readonly status: 'ok' }> {
  if (result.status !== 'ok') throw new Error(`expected an answer, got ${JSON.stringify(result)}`);
  return result as Extract<Result, { readonly status: 'ok' }>;
}
