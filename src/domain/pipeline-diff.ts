import type { PipelineSpec } from '../contracts';

/** A field that differs. */
export interface FieldChange {
  /** Stages, inputs and outputs by their names, rules by their metrics: `spec.stages.train.inputs.rows.from`. */
  readonly path: string;
  /** Null where it was not there. */
  readonly before: unknown;
  /** Null where it is gone. */
  readonly after: unknown;
}

/** What differs between two declarations. */
export interface PipelineDiff {
  readonly stages: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly string[];
  };
  /** Of what both have, in the order of their paths. */
  readonly fields: readonly FieldChange[];
}

/** What a list of objects is matched by, where no two of them share it. */
const KEYS = ['name', 'metric'] as const;

/** What differs between two declarations, defaults included; a list that is only in another order differs as well. */
export function diffPipelines(before: PipelineSpec, after: PipelineSpec): PipelineDiff {
  const [old, young] = [before, after].map(({ spec }) => new Map(spec.stages.map((stage) => [stage.name, stage])));
  const added = [...young!.keys()].filter((name) => !old!.has(name));
  const removed = [...old!.keys()].filter((name) => !young!.has(name));
  const common = [...young!.keys()].filter((name) => old!.has(name));
  const fields = [...changes('', rest(before), rest(after)), ...orderOf(common, [...old!.keys()])];
  const changed = common.flatMap((name) => {
    const found = changes(`spec.stages.${name}`, old!.get(name), young!.get(name));
    fields.push(...found);
    return found.length === 0 ? [] : [name];
  });
  return { stages: { added, removed, changed }, fields: fields.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

function rest({ spec, ...head }: PipelineSpec): unknown {
  return { ...head, spec: { ...spec, stages: undefined } };
}

function orderOf(common: readonly string[], old: readonly string[]): FieldChange[] {
  const before = old.filter((name) => common.includes(name));
  return same(before, common) ? [] : [{ path: 'spec.stages', before, after: common }];
}

function changes(path: string, before: unknown, after: unknown): FieldChange[] {
  if (same(before, after)) return [];
  const [old, young] = [partsOf(before), partsOf(after)];
  if (old === null || old.kind !== young?.kind) return [{ path, before: before ?? null, after: after ?? null }];
  const names = [...new Set([...old.parts.keys(), ...young.parts.keys()])];
  const inside = names.flatMap((name) =>
    changes(path === '' ? name : `${path}.${name}`, old.parts.get(name), young.parts.get(name)),
  );
  return inside.length > 0 ? inside : [{ path, before: [...old.parts.keys()], after: [...young.parts.keys()] }];
}

/** Fields of an object, elements of a list by their key; null for what is compared as a whole. */
function partsOf(value: unknown): { readonly kind: string; readonly parts: ReadonlyMap<string, unknown> } | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value)) return { kind: 'object', parts: new Map(Object.entries(value)) };
  const elements = value as readonly unknown[];
  for (const key of KEYS) {
    const names = elements.map((element) => (isRecord(element) ? element[key] : undefined));
    const named = names.length > 0 && names.every((name) => typeof name === 'string');
    if (named && new Set(names).size === names.length)
      return { kind: key, parts: new Map(elements.map((element, k) => [names[k]!, element])) };
  }
  return null;
}

/** Equal as JSON, whatever the order of an object's fields; a field without a value is none. */
function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, part: unknown) =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
