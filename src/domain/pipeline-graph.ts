import type { PipelineEdge, PipelineIssue, PipelineStage } from '../contracts';
import type { PipelineIssues } from './pipeline-issues';
import { didYouMean } from './suggest';

/** An edge and where the file says so; stages by their place in the file. */
interface Edge {
  readonly from: number;
  readonly to: number;
  readonly kind: PipelineEdge['kind'];
  readonly path: PipelineIssue['path'];
}

/** The stages of a pipeline as a graph without a cycle. */
export interface PipelineGraph {
  /** Places in the file, each after all it needs, otherwise in the file's order. */
  readonly order: readonly number[];
  /** 0 without needs, else one more than the highest of them; by place in the file. */
  readonly levels: readonly number[];
  /** Direct needs, by place in the file. */
  readonly needs: readonly ReadonlySet<number>[];
  /** Each once; what `dependsOn` says is explicit. */
  readonly edges: readonly PipelineEdge[];
  /** Whether a stage has ended before another begins, by their places. */
  readonly isUpstream: (stage: number, of: number) => boolean;
}

/** The graph, or null where a cycle has been told. Edges that are wrong are told and left out. */
export function graphOf(stages: readonly PipelineStage[], issues: PipelineIssues): PipelineGraph | null {
  const edges = edgesOf(stages, issues);
  const needs = stages.map(() => new Set<number>());
  for (const { from, to } of edges) needs[to]!.add(from);
  const order = orderOf(needs);
  if (order.length < stages.length) {
    tellCycle(stages, edges, new Set(order), issues);
    return null;
  }
  const levels = new Array<number>(stages.length).fill(0);
  for (const place of order) levels[place] = Math.max(-1, ...[...needs[place]!].map((need) => levels[need]!)) + 1;
  const upstream = upstreamOf(order, needs);
  return {
    order,
    levels,
    needs,
    edges: once(edges).map(({ from, to, kind }) => ({ from: stages[from]!.name, to: stages[to]!.name, kind })),
    isUpstream: (stage, of) => (upstream[of]![stage >> 5]! & (1 << (stage & 31))) !== 0,
  };
}

function edgesOf(stages: readonly PipelineStage[], issues: PipelineIssues): Edge[] {
  const places = new Map(stages.map(({ name }, place) => [name, place]));
  const names = [...places.keys()];
  return stages.flatMap(({ dependsOn, inputs }, to) => {
    const said = dependsOn.map((name, k) => ({ name, kind: 'explicit' as const, path: at(to, 'dependsOn', k) }));
    const taken = inputs.flatMap(({ from }, k) =>
      from === undefined
        ? []
        : [{ name: from.split('.')[0]!, kind: 'implicit' as const, path: at(to, 'inputs', k, 'from') }],
    );
    return [...said, ...taken].flatMap(({ name, kind, path }) => {
      const from = places.get(name);
      if (from === undefined)
        issues.add(path, () => `unknown stage ${JSON.stringify(name)}, ${didYouMean(name, names)}`);
      else if (from === to) issues.add(path, 'expected another stage: none can wait for itself');
      return from === undefined || from === to ? [] : [{ from, to, kind, path }];
    });
  });
}

/** A stage's explicit edges come first. */
function once(edges: readonly Edge[]): Edge[] {
  const seen = new Set<string>();
  return edges.filter(({ from, to }) => {
    const key = `${from} ${to}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Where a field of a stage stands. */
export function at(stage: number, ...rest: (string | number)[]): PipelineIssue['path'] {
  return ['spec', 'stages', stage, ...rest];
}

/** Of the stages whose needs are all there, the first of the file comes next; what is on a cycle never comes. */
function orderOf(needs: readonly ReadonlySet<number>[]): number[] {
  const waiting = needs.map((set) => set.size);
  const dependants = needs.map((): number[] => []);
  needs.forEach((set, place) => set.forEach((need) => dependants[need]!.push(place)));
  const ready = waiting.flatMap((count, place) => (count === 0 ? [place] : []));
  const order: number[] = [];
  while (ready.length > 0) {
    const next = Math.min(...ready);
    ready.splice(ready.indexOf(next), 1);
    order.push(next);
    for (const place of dependants[next]!) if ((waiting[place]! -= 1) === 0) ready.push(place);
  }
  return order;
}

/** Follows needs that never come until a stage is met again: that is a cycle, told in the order in which it waits. */
function tellCycle(
  stages: readonly PipelineStage[],
  edges: readonly Edge[],
  ordered: ReadonlySet<number>,
  issues: PipelineIssues,
): void {
  const waits = new Map<number, Edge>();
  for (const edge of edges) if (!ordered.has(edge.from) && !ordered.has(edge.to)) waits.set(edge.to, edge);
  const walk: Edge[] = [];
  let edge = waits.get(Math.min(...waits.keys()))!;
  while (!walk.some(({ to }) => to === edge.to)) {
    walk.push(edge);
    edge = waits.get(edge.from)!;
  }
  const cycle = walk.slice(walk.findIndex(({ to }) => to === edge.to));
  const names = [...cycle, cycle[0]!].map(({ to }) => stages[to]!.name);
  const shown = names.length > 12 ? [...names.slice(0, 10), `… (${cycle.length} stages)`, names.at(-1)!] : names;
  issues.add(cycle[0]!.path, `expected no cycle: ${shown.join(' waits for ')}`);
}

/** For each stage a bit for every stage upstream of it. */
function upstreamOf(order: readonly number[], needs: readonly ReadonlySet<number>[]): readonly Uint32Array[] {
  const upstream = needs.map(() => new Uint32Array((needs.length + 31) >> 5));
  for (const place of order) {
    const mine = upstream[place]!;
    for (const need of needs[place]!) {
      upstream[need]!.forEach((bits, word) => (mine[word]! |= bits));
      mine[need >> 5]! |= 1 << (need & 31);
    }
  }
  return upstream;
}
