import type { Interval, LedgerEntry, ModelTarget, Serving } from '../../contracts';
import { decide } from '../../domain/deployment';
import type { DeploymentDecision } from '../../domain/deployment';
import { routeTraffic } from '../../domain/routing';
import { decodeModel, predictLabels, scoreRows } from '../../models';
import type { StreamRow } from '../../schemas';
import { MemoryRows } from './memory';

/** A version with its answers to every row of the stream. */
export interface Version {
  readonly artifact: Uint8Array;
  readonly trainedOn: Interval;
  readonly scores: Float64Array;
  readonly predictions: Uint8Array;
}

/** What production keeps in stores, for one policy: rows, versions, what serves. */
export class World {
  readonly target: ModelTarget;
  readonly rows: MemoryRows;
  readonly ledger: LedgerEntry[] = [];
  private readonly versions: Version[] = [];
  private next = 0;

  constructor(target: ModelTarget, rows: readonly StreamRow[]) {
    this.target = target;
    this.rows = new MemoryRows(rows);
  }

  /** Registers a version and returns its number, from 1 on. */
  register(artifact: Uint8Array, trainedOn: Interval): number {
    const scores = scoreRows(decodeModel(artifact), this.rows.columns, this.rows.n);
    return this.versions.push({ artifact, trainedOn, scores, predictions: predictLabels(scores) });
  }

  /** A version by its number. */
  version(version: number): Version {
    const known = this.versions[version - 1];
    if (known === undefined) throw new Error(`version ${version} is not registered`);
    return known;
  }

  get serving(): Serving | null {
    return this.ledger.at(-1) ?? null;
  }

  /** Decides what serves, as the deployment workflow does. */
  deploy(decision: DeploymentDecision): void {
    this.ledger.push({ ...decide(this.target, this.serving, decision), recordedAt: decision.effectiveAt });
  }

  /** Serves the rows from where it stopped up to an instant, each by the version that traffic gives it. */
  serveUntil(instant: string): void {
    const end = this.rows.indexOf(instant);
    for (; this.next < end; this.next += 1) {
      const version = routeTraffic(this.serving!, { predictionId: this.rows.ids[this.next]! });
      const { predictions, scores } = this.version(version);
      this.rows.serve(this.next, version, predictions[this.next]!, scores[this.next]!);
    }
  }

  /** Rows before this one are history that nobody served. */
  startAt(instant: string): void {
    this.next = this.rows.indexOf(instant);
  }
}
