import type { Db, MongoClient } from 'mongodb';
import type { AssignableExperiment, Assignment, Attributes, Exposure } from '../contracts';
import { assign, dependsOnSticky } from '../domain/assignment';
import { isPrintable } from '../schemas/primitives';
import { MONGO_OPTIONS, openStores } from '../stores';
import { ExposureLog } from './exposure-log';
import type { ExposureSink } from './exposure-log';
import { KnownExperiments } from './known-experiments';
import type { ExperimentSource, ExperimentsListener } from './known-experiments';
import { StickyVariants } from './sticky-variants';
import type { StickySource } from './sticky-variants';
import { UnknownExperimentError } from './unknown-experiment';
import { warn } from './warn';

/** How an assigner works; what is left out has a default. */
export interface AssignerOptions {
  /** Milliseconds between two looks at which experiments run. Default 2 000. */
  readonly pollMs?: number | undefined;
  /** So many units are remembered: those that were exposed, and what they met before. Default 100 000. */
  readonly remembered?: number | undefined;
  /** Milliseconds since 1970: when a unit is exposed. Default: the wall clock. */
  readonly now?: (() => number) | undefined;
  /** Told of what goes wrong in the background. Default: a line of `console.warn`. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** What an assigner works with. */
export interface AssignerParts extends AssignerOptions {
  readonly designs: ExperimentSource;
  readonly assignments: StickySource;
  readonly tracking: ExposureSink;
}

/** How to reach the database of the experiments. */
export interface ConnectAssigner extends AssignerOptions {
  /** Stays open when the assigner closes. */
  readonly mongo: MongoClient;
  /** Default: the database `loopwright`. */
  readonly db?: Db | undefined;
  /** Where exposures go: `client.tracking`. */
  readonly tracking: ExposureSink;
}

/** Whether a unit meets the variant that it is assigned, now. */
export interface AssignOptions {
  /** False: it is only asked; `expose` says when the unit meets it. Default true. */
  readonly expose?: boolean | undefined;
}

/** What of an assignment an exposure needs. */
export interface Exposable {
  readonly experiment: string;
  readonly unit: string;
  readonly variant: string | null;
  readonly by?: string | undefined;
}

/** What `isPrintable` takes. */
const UNIT_LENGTH = 200;

/**
 * Tells which variant a unit gets: from memory, in microseconds. Experiments are read in the background; what a unit
 * met before is asked only where it could change the answer; exposures are written in the background, once.
 * @example
 * const assigner = await ExperimentAssigner.connect({ mongo, tracking: client.tracking });
 * const { variant } = await assigner.assign('checkout', 'user-1', { country: 'DE' });
 */
export class ExperimentAssigner {
  private readonly known: KnownExperiments;
  private readonly met: StickyVariants;
  private readonly exposures: ExposureLog;
  private readonly onError: (error: unknown) => void;
  private readonly now: () => number;

  private constructor(parts: AssignerParts) {
    const { pollMs = 2_000, remembered = 100_000, now = Date.now, onError = warn } = parts;
    this.onError = onError;
    this.now = now;
    this.known = new KnownExperiments(parts.designs, pollMs, onError);
    this.met = new StickyVariants(parts.assignments, remembered, () => this.known.generation);
    this.exposures = new ExposureLog(parts.tracking, remembered, onError);
  }

  /** Starts over parts of one's own; returns when the experiments are known. */
  static async start(parts: AssignerParts): Promise<ExperimentAssigner> {
    const assigner = new ExperimentAssigner(parts);
    await assigner.known.start();
    return assigner;
  }

  /** Starts over a database; returns when the experiments are known. */
  static async connect(options: ConnectAssigner): Promise<ExperimentAssigner> {
    const { mongo, db = mongo.db('loopwright', MONGO_OPTIONS), ...rest } = options;
    const { designs: store, assignments } = openStores(mongo, db);
    const designs = { assignable: () => store.assignable('running'), list: () => store.assignable('all') };
    return ExperimentAssigner.start({ designs, assignments, ...rest });
  }

  /**
   * The variant of a unit, and why it is in none. Asks the database only where the unit has lost its variant, because
   * an attribute changed or the variant takes no new units; if it cannot, the answer is as if the unit had met none.
   * @param unit 1 to 200 printable characters
   * @throws UnknownExperimentError, TypeError for what is no unit
   */
  async assign(
    experiment: string,
    unit: string,
    attributes: Attributes = {},
    options: AssignOptions = {},
  ): Promise<Assignment> {
    const found = this.find(experiment, unit);
    const answer = assign(found, unit, attributes);
    if (dependsOnSticky(found, answer))
      await this.met.load(experiment, [unit]).catch((error: unknown) => this.onError(error));
    return this.settle(found, answer, attributes, options);
  }

  /**
   * The same without ever waiting: of what a unit met before it knows what `preload`, `assign` or an exposure of this
   * process told it.
   * @throws UnknownExperimentError, TypeError for what is no unit
   */
  assignLocally(
    experiment: string,
    unit: string,
    attributes: Attributes = {},
    options: AssignOptions = {},
  ): Assignment {
    const found = this.find(experiment, unit);
    return this.settle(found, assign(found, unit, attributes), attributes, options);
  }

  /** Asks at once for what units met in every running experiment where it could matter, so that nobody waits later. */
  async preload(units: readonly string[]): Promise<void> {
    const matters = this.known
      .running()
      .filter(({ design, dropped }) => design.sticky && (design.eligibility.length > 0 || dropped.length > 0));
    await Promise.all(matters.map(({ design }) => this.met.load(design.id, units)));
  }

  /**
   * Says that a unit met its variant: written in the background, once. Units in none and testers are not counted, and
   * that a unit keeps the variant that it met is written already.
   */
  expose(answer: Exposable, attributes: Attributes = {}): void {
    if (answer.variant === null || answer.by === 'forced' || answer.by === 'sticky') return;
    const { experiment, unit, variant } = answer;
    if (this.exposures.has(experiment, unit)) return;
    const { design } = this.find(experiment, unit);
    const at = new Date(this.now()).toISOString();
    this.exposures.add({ experiment, unit, variant, at, ...segmentsOf(design.segments, attributes) });
    if (design.sticky) this.met.remember(experiment, unit, variant);
  }

  /** What is known of an experiment; undefined for one that is not known. */
  experiment(id: string): AssignableExperiment | undefined {
    return this.known.get(id);
  }

  /** Looks now for experiments that began, changed or ended. @throws what the database throws */
  refresh(): Promise<void> {
    return this.known.refresh();
  }

  /** Calls at every change of the experiments until the returned function is called. */
  onChange(listener: ExperimentsListener): () => void {
    return this.known.onChange(listener);
  }

  /** Returns when all exposures so far are stored. @throws Error when they cannot be now; they go on waiting */
  flush(): Promise<void> {
    return this.exposures.flush();
  }

  /** Ends the looks and writes what waits. @throws Error telling how many exposures could not be written */
  async close(): Promise<void> {
    await this.known.close();
    await this.exposures.close();
  }

  /** The answer with what the unit met before, where that counts. */
  private settle(
    found: AssignableExperiment,
    alone: Assignment,
    attributes: Attributes,
    options: AssignOptions,
  ): Assignment {
    const { experiment, unit } = alone;
    const answer = dependsOnSticky(found, alone)
      ? assign(found, unit, attributes, this.met.known(experiment, unit) ?? null)
      : alone;
    if (options.expose !== false) this.expose(answer, attributes);
    return answer;
  }

  private find(experiment: string, unit: unknown): AssignableExperiment {
    if (!isPrintable(unit))
      throw new TypeError(`unit: expected 1 to ${UNIT_LENGTH} printable characters, got ${shown(unit)}`);
    const found = this.known.get(experiment);
    if (found !== undefined) return found;
    throw new UnknownExperimentError(
      experiment,
      this.known.running().map(({ design }) => design.id),
    );
  }
}

/** Of the attributes, those that results are broken down by. */
function segmentsOf(segments: readonly string[], attributes: Attributes): Pick<Exposure, 'attributes'> {
  const given = segments.filter((name) => Object.hasOwn(attributes, name));
  if (given.length === 0) return {};
  return { attributes: Object.fromEntries(given.map((name) => [name, attributes[name]!])) };
}

function shown(value: unknown): string {
  if (typeof value !== 'string') return value === undefined ? 'nothing' : `a ${typeof value}`;
  return value.length > UNIT_LENGTH ? `${value.length} characters` : JSON.stringify(value);
}
