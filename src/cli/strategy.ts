import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { GUARDRAIL_METRICS, STRATEGY_KINDS } from '../contracts';
import type { CanaryStep, Guardrail, RolloutStrategy } from '../contracts';
import { durationMs } from '../domain/time';
import type { RolloutStrategyInput } from '../schemas';
import { ordinal } from './numbers';

/** What a strategy is made of on the command line. */
export interface StrategyOptions {
  readonly strategy?: RolloutStrategy['kind'];
  readonly steps?: readonly CanaryStep[];
  readonly guardrail?: readonly Guardrail[];
  readonly drain?: string;
  readonly hold?: string;
  readonly minimumRows?: number;
}

/** Which options a strategy takes. */
const TAKES: Readonly<Record<RolloutStrategy['kind'], { needs: readonly string[]; may: readonly string[] }>> = {
  direct: { needs: [], may: [] },
  'blue-green': { needs: ['drain'], may: [] },
  canary: { needs: ['steps'], may: ['guardrail', 'minimumRows'] },
  shadow: { needs: ['hold'], may: ['guardrail', 'minimumRows'] },
};

/** A strategy that its options do not make. */
export class StrategyError extends Error {
  override readonly name = 'StrategyError';
}

/** Gives a command the options of a strategy. */
export function byStrategy(command: Command): Command {
  return command
    .addOption(
      new Option('--strategy <kind>', 'how the version comes to serve').choices(STRATEGY_KINDS).default('direct'),
    )
    .option('--steps <share:hold,…>', 'canary: such as 0.01:1h,0.1:6h,0.5:1d', steps)
    .option('--guardrail <metric:tolerance>', 'canary and shadow: how much worse it may be; again for more', guardrail)
    .option('--drain <duration>', 'blue-green: how long the old version is kept ready', span)
    .option('--hold <duration>', 'shadow: how long it is compared', span)
    .option(
      '--minimum-rows <n>',
      'canary and shadow: rows on each side before it is judged, 100 unless given',
      ordinal,
    );
}

/**
 * The strategy that options make; what they leave out has its default.
 * @throws StrategyError naming what the strategy takes
 * @example strategyOf({ strategy: 'blue-green', drain: '1h' })
 */
export function strategyOf(options: StrategyOptions): RolloutStrategyInput {
  const { strategy: kind = 'direct', steps: given = [], guardrail: guardrails, drain, hold, minimumRows } = options;
  check(kind, options);
  if (kind === 'blue-green') return { kind, drain: drain! };
  const compared = { guardrails: guardrails && [...guardrails], minimumRows };
  if (kind === 'canary') return { kind, steps: [...given], ...compared };
  return kind === 'shadow' ? { kind, hold: hold!, ...compared } : { kind };
}

function check(kind: RolloutStrategy['kind'], options: StrategyOptions): void {
  const { needs, may } = TAKES[kind];
  const takes = [...needs, ...may];
  const names = ['steps', 'guardrail', 'drain', 'hold', 'minimumRows'] as const;
  const given = names.filter((name) => options[name] !== undefined);
  const missing = needs.find((name) => !given.includes(name as never));
  const extra = given.find((name) => !takes.includes(name));
  if (missing === undefined && extra === undefined) return;
  const wrong = missing === undefined ? `${flag(extra!)} is given` : `${flag(missing)} is missing`;
  const expected = takes.length === 0 ? 'no further option' : takes.map(flag).join(', ');
  throw new StrategyError(`--strategy ${kind}: ${wrong}: expected ${expected}`);
}

function flag(name: string): string {
  return name === 'minimumRows' ? '--minimum-rows' : `--${name}`;
}

function steps(text: string): readonly CanaryStep[] {
  return text.split(',').map((part) => {
    const [share = '', hold = '', ...rest] = part.split(':');
    const allocation = Number(share);
    if (share.trim() === '' || !(allocation > 0 && allocation < 1) || rest.length > 0) {
      throw new InvalidArgumentError(`${JSON.stringify(part)}: expected share:hold, such as 0.1:6h, share in (0, 1)`);
    }
    return { allocation, hold: span(hold) };
  });
}

function guardrail(text: string, before: readonly Guardrail[] = []): readonly Guardrail[] {
  const [name = '', amount = '', ...rest] = text.split(':');
  const metric = GUARDRAIL_METRICS.find((each) => each === name);
  const tolerance = Number(amount);
  if (metric === undefined || amount.trim() === '' || !(tolerance >= 0) || rest.length > 0) {
    throw new InvalidArgumentError(
      `expected metric:tolerance, metric one of ${GUARDRAIL_METRICS.join(', ')}, tolerance ≥ 0`,
    );
  }
  return [...before, { metric, tolerance }];
}

function span(text: string): string {
  try {
    if (durationMs(text) > 0) return text;
  } catch {
    // Said below, as for nothing at all.
  }
  throw new InvalidArgumentError('expected a duration greater than zero, such as 30m, 6h or 1d');
}
