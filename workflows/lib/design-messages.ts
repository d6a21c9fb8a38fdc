import { condition, setHandler } from '@temporalio/workflow';
import * as contracts from '../../src/contracts';
import type { DesignStatus, Settled } from '../../src/contracts';
import type { Design } from './design';
import * as rules from './design-rules';
import type { EarlyUpdates } from './early';
import { checkPerson, checkWatermark, readWatermark, refuseUnless } from './guards';
import type { RunMeter } from './loop';

/** Updates of a designed experiment. */
export const DESIGN_UPDATES = [
  contracts.advanceDesignUpdate,
  contracts.analyseDesignUpdate,
  contracts.startDesignUpdate,
  contracts.rampDesignUpdate,
  contracts.extendDesignUpdate,
  contracts.dropVariantUpdate,
  contracts.stopDesignUpdate,
];

/** Takes the facts and decisions that services and people send. */
export class DesignMessages {
  private readonly experiment: Design;
  private readonly meter: RunMeter;
  private readonly updates: EarlyUpdates;

  constructor(experiment: Design, meter: RunMeter, updates: EarlyUpdates) {
    this.experiment = experiment;
    this.meter = meter;
    this.updates = updates;
    this.handleFacts();
    this.handleStart();
    this.handleCourse();
    this.handleEnd();
  }

  private status(): DesignStatus {
    const { design, state, result } = this.experiment;
    const { phase, plan, start, end, coverage, dropped, looks, settledThrough } = state;
    const nextDueAt = this.experiment.next()?.at ?? null;
    return { design, phase, plan, start, end, coverage, dropped, looks, result, settledThrough, nextDueAt };
  }

  private advance(fact: unknown): void {
    const at = readWatermark(fact)?.at ?? null;
    const { state } = this.experiment;
    if (at !== null && at > (state.watermark ?? '')) this.experiment.state = { ...state, watermark: at };
  }

  private handleFacts(): void {
    const { experiment } = this;
    setHandler(contracts.designStatusQuery, () => this.status(), {
      description: 'Where the experiment stands: design, plan, ramp, looks with what each led to, result.',
    });
    setHandler(contracts.experimentWatermarkSignal, (fact) => this.advance(fact), {
      description: 'Everything that happened by `at` has been logged durably.',
    });
    setHandler(contracts.exposuresRecordedSignal, () => undefined, {
      description: 'A nudge: exposures were written. A look reads the store by itself.',
    });
    this.updates.set(
      contracts.advanceDesignUpdate,
      async (fact): Promise<Settled> => {
        this.meter.countUpdate();
        this.advance(fact);
        const { at } = readWatermark(fact)!;
        await condition(() => experiment.result !== null || (experiment.state.settledThrough ?? '') >= at);
        const { settledThrough, nextDueAt } = this.status();
        return { settledThrough, nextDueAt };
      },
      {
        description: 'Moves the data clock and returns when all that is due has been done.',
        validator: (fact) => {
          checkWatermark(fact);
          const { clock } = experiment.design;
          refuseUnless(clock === 'data', 'clock', clock, 'an experiment on the data clock');
        },
      },
    );
    this.updates.set(
      contracts.analyseDesignUpdate,
      async (_command) => {
        this.meter.countUpdate();
        await this.planned();
        return experiment.peek();
      },
      {
        description: 'Results now, a peek: spends no α and decides nothing.',
        validator: (command) => {
          checkPerson(command);
          rules.running(experiment);
        },
      },
    );
  }

  private handleStart(): void {
    const { experiment } = this;
    this.updates.set(
      contracts.startDesignUpdate,
      async ({ at, who, reason }) => {
        this.meter.countUpdate();
        await this.planned();
        await experiment.begin(at, who, reason);
        return this.status();
      },
      {
        description: 'Begins exposure, now or at an instant.',
        validator: (command) => {
          checkPerson(command);
          rules.mayStart(experiment, command.at);
        },
      },
    );
  }

  private handleCourse(): void {
    const { experiment } = this;
    this.updates.set(
      contracts.rampDesignUpdate,
      async (command) => {
        this.meter.countUpdate();
        await experiment.ramp(command);
        return this.status();
      },
      {
        description: 'Lets more units in: the next step of the ramp, or a coverage. Nobody changes variant.',
        validator: (command) => {
          checkPerson(command);
          rules.mayRamp(experiment, command.coverage);
        },
      },
    );
    this.updates.set(
      contracts.extendDesignUpdate,
      async ({ duration, who, reason }) => {
        this.meter.countUpdate();
        await experiment.extend(duration, who, reason);
        return this.status();
      },
      {
        description: 'A longer exposure, before the last planned look only: α already spent stays spent.',
        validator: (command) => {
          checkPerson(command);
          rules.mayExtend(experiment, command.duration);
        },
      },
    );
    this.updates.set(
      contracts.dropVariantUpdate,
      async ({ variant, who, reason }) => {
        this.meter.countUpdate();
        await experiment.drop(variant, who, reason);
        return this.status();
      },
      {
        description: 'A variant takes no new units; who is in it stays, the others keep theirs.',
        validator: (command) => {
          checkPerson(command);
          rules.mayDrop(experiment, command.variant);
        },
      },
    );
  }

  private handleEnd(): void {
    const { experiment } = this;
    this.updates.set(
      contracts.stopDesignUpdate,
      async (command) => {
        this.meter.countUpdate();
        experiment.stop(command);
        await condition(() => experiment.result !== null);
        return experiment.result!;
      },
      {
        description: 'Ends the experiment; nothing ships.',
        validator: (command) => {
          checkPerson(command);
          const { decision } = command;
          const fine = decision === undefined || ['stop', 'inconclusive'].includes(decision);
          refuseUnless(fine, 'decision', decision, 'stop or inconclusive');
          rules.undecided(experiment);
        },
      },
    );
  }

  /** A message that comes while the plan is made waits for it. */
  private async planned(): Promise<void> {
    await condition(() => this.experiment.state.plan !== null || this.experiment.result !== null);
  }
}
