import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant, ModelTarget } from '../src/contracts';
import type { BaselineDocument, Stores } from '../src/stores';
import { RecentlyUsed } from './judge-cache';

/** What is frozen, how it is made the first time, and how its JSON is read. */
export interface FreezePlan<T> {
  readonly target: ModelTarget;
  readonly kind: BaselineDocument['kind'];
  /** Names what it is made of: there is one frozen document per source. */
  readonly source: string;
  /** The instant of the look that needs it. */
  readonly at: Instant;
  /** Its content, as JSON has it; a text says why there is none yet. */
  readonly make: () => Promise<{ readonly content: unknown; readonly rows: number } | string>;
  /** @param name `bike/production/2` */
  readonly read: (name: string, content: unknown) => T;
}

/** So many parsed documents are kept: one monitor needs two. */
const KEPT = 16;

/** Two workers that store the same bytes at once can get into each other's way. */
const ATTEMPTS = 5;
const WAIT_MS = 200;

/** Documents that are made when they are first needed and never change: the first to freeze a source stands. */
export class FrozenDocuments {
  private readonly recent = new RecentlyUsed<unknown>(KEPT);
  private readonly stores: Pick<Stores, 'artifacts' | 'baselines'>;

  constructor(stores: Pick<Stores, 'artifacts' | 'baselines'>) {
    this.stores = stores;
  }

  /** The document of a source, frozen now if it was not; a text says why it cannot be yet. */
  async get<T extends object>(plan: FreezePlan<T>): Promise<T | string> {
    const { target, kind, source } = plan;
    const key = JSON.stringify([target.model, target.environment, kind, source]);
    const found = await this.recent.get(
      key,
      () => this.load(plan),
      (made) => typeof made !== 'string',
    );
    return found as T | string;
  }

  private async load<T>(plan: FreezePlan<T>): Promise<T | string> {
    const { artifacts, baselines } = this.stores;
    const standing = (await baselines.find(plan.target, plan.kind, plan.source)) ?? (await this.freeze(plan));
    if (typeof standing === 'string') return standing;
    const bytes = await artifacts.get(standing.artifact);
    return plan.read(standing._id, JSON.parse(Buffer.from(bytes).toString('utf8')));
  }

  private async freeze<T>({ target, kind, source, at, make }: FreezePlan<T>): Promise<BaselineDocument | string> {
    const made = await make();
    if (typeof made === 'string') return made;
    const bytes = Buffer.from(JSON.stringify(made.content));
    for (let attempt = 1; ; attempt += 1) {
      try {
        const artifact = await this.stores.artifacts.put(bytes);
        return await this.stores.baselines.freeze(target, { kind, source, artifact, rows: made.rows, frozenAt: at });
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        await sleep(WAIT_MS);
      }
    }
  }
}
