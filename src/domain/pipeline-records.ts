import type { ArtifactRef, CompiledPipeline, PlannedStage, StageEnd } from '../contracts';
import { gateOf } from './pipeline-gate';
import { unitsOf } from './pipeline-run-plan';
import type { StageFacts, TemplateFacts } from './template';

/** What is recorded of a unit of a stage; unit -1 is the stage as a whole. */
export interface UnitRecord {
  readonly stage: string;
  readonly unit: number;
  readonly state: 'running' | StageEnd;
  readonly undone: boolean;
  /** Of a deployment. */
  readonly version: number | null;
  readonly outcome: {
    readonly outputs: Readonly<Record<string, ArtifactRef>>;
    readonly metrics: Readonly<Record<string, number>>;
    readonly broken: readonly string[];
  } | null;
}

/** How a stage that has ended did so, as far as attempts and decisions are recorded; null where nothing is. */
export function recordedEnd(stage: PlannedStage, records: readonly UnitRecord[]): StageFacts | null {
  const whole = wholeOf(records);
  const units = records.filter(({ unit }) => unit >= 0);
  const only = stage.forEach === undefined ? (units[0]?.outcome ?? null) : null;
  const facts = {
    outputs: Object.fromEntries(Object.entries(only?.outputs ?? {}).map(([name, { uri }]) => [name, uri])),
    metrics: only?.metrics ?? {},
  };
  if (whole?.state === 'failed' || whole?.state === 'skipped') return { outcome: whole.state, ...facts };
  if (units.length === 0) return whole?.state === 'succeeded' ? { outcome: 'succeeded', ...facts } : null;
  const good = units.filter(isGood).length === unitsOf(stage);
  return { outcome: good ? 'succeeded' : 'failed', ...facts };
}

/**
 * How stages upstream of one that runs have ended. What was skipped or refused before it began is only recorded at the
 * end of the run: it is found by its gate.
 */
export function upstreamFacts(
  { stages }: Pick<CompiledPipeline, 'stages'>,
  given: Pick<TemplateFacts, 'day' | 'params'>,
  records: readonly UnitRecord[],
): Readonly<Record<string, StageFacts>> {
  const allowed = new Set(stages.filter(({ allowFailure }) => allowFailure).map(({ name }) => name));
  const of = byStage(records);
  const facts: Record<string, StageFacts> = {};
  for (const stage of stages) {
    const recorded = recordedEnd(stage, of.get(stage.name) ?? []);
    const skipped = () => gateOf(stage, allowed, { ...given, stages: facts }).gate === 'skip';
    facts[stage.name] = recorded ?? { outcome: skipped() ? 'skipped' : 'failed', outputs: {}, metrics: {} };
  }
  return facts;
}

/** What of an earlier run stands in a new one. */
export interface Reusable {
  /** Units whose result is taken, by stage. */
  readonly units: ReadonlyMap<string, readonly number[]>;
  /** Stages that are taken whole. */
  readonly stages: ReadonlySet<string>;
}

/**
 * What is taken from an earlier run: units that succeeded, broke no rule and were not undone, of stages whose needs are
 * all taken whole. A need that was skipped counts as taken where its own needs are: it will be skipped again.
 * @param lost stages whose results are no longer there
 */
export function reusable(
  { stages }: Pick<CompiledPipeline, 'stages'>,
  records: readonly UnitRecord[],
  lost: ReadonlySet<string> = new Set(),
): Reusable {
  const of = byStage(records);
  const [units, whole, same] = [new Map<string, readonly number[]>(), new Set<string>(), new Set<string>()];
  for (const stage of stages) {
    if (lost.has(stage.name) || !stage.needs.every((need) => same.has(need))) continue;
    const known = of.get(stage.name) ?? [];
    const decided = wholeOf(known);
    if (known.some(({ undone }) => undone)) continue;
    const good = known.filter((one) => one.unit >= 0 && one.unit < unitsOf(stage) && isGood(one));
    if (good.length > 0)
      units.set(
        stage.name,
        good.map(({ unit }) => unit).sort((a, b) => a - b),
      );
    const serves = stage.deployment === undefined || decided?.version != null;
    const ended = decided === undefined || decided.state === 'succeeded' || decided.state === 'running';
    if (good.length === unitsOf(stage) && serves && ended) whole.add(stage.name);
    if (whole.has(stage.name) || (decided?.state === 'skipped' && good.length === 0)) same.add(stage.name);
  }
  return { units, stages: whole };
}

function isGood({ state, outcome }: UnitRecord): boolean {
  return state === 'succeeded' && outcome !== null && outcome.broken.length === 0;
}

function wholeOf(records: readonly UnitRecord[]): UnitRecord | undefined {
  return records.find(({ unit }) => unit === -1);
}

function byStage(records: readonly UnitRecord[]): Map<string, UnitRecord[]> {
  const of = new Map<string, UnitRecord[]>();
  for (const record of records) {
    const known = of.get(record.stage);
    if (known === undefined) of.set(record.stage, [record]);
    else known.push(record);
  }
  return of;
}
