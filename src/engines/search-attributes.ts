import type { Connection } from '@temporalio/client';

/** A search attribute to register with a dev server. */
export interface SearchAttributeSpec {
  readonly name: string;
  readonly type: 'Keyword' | 'Text' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList';
}

/** `temporal.api.enums.v1.IndexedValueType`. */
const WIRE_TYPES = { Text: 1, Keyword: 2, Int: 3, Double: 4, Bool: 5, Datetime: 6, KeywordList: 7 } as const;

/** As the Temporal CLI takes them. */
export function searchAttributeFlags(specs: readonly SearchAttributeSpec[]): readonly string[] {
  return specs.flatMap(({ name, type }) => ['--search-attribute', `${name}=${type}`]);
}

/** Registers what is missing: a dev server ignores its flags if its database is an older one. */
export async function registerMissing(
  connection: Connection,
  namespace: string,
  specs: readonly SearchAttributeSpec[],
): Promise<void> {
  if (specs.length === 0) return;
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing: Record<string, number> = {};
  for (const { name, type } of specs) {
    const known: number | undefined = customAttributes[name];
    if (known === undefined) missing[name] = WIRE_TYPES[type];
    else if (known !== WIRE_TYPES[type]) {
      throw new Error(`search attribute ${name} is registered with another type than ${type}: use another data folder`);
    }
  }
  if (Object.keys(missing).length === 0) return;
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
}
