import type { Command } from 'commander';
import { common, print, startsWork, within } from './context';
import type { OperatorContext, OperatorDefaults, OperatorOptions } from './context';
import { checkArtifacts } from './doctor-artifacts';
import { checkDocuments } from './doctor-documents';
import { checkExperiments } from './doctor-experiments';
import { REPAIR } from './doctor-finding';
import type { Check, Diagnosis, Finding } from './doctor-finding';
import { checkRetrainings } from './doctor-retrainings';
import { checkSetup } from './doctor-setup';
import { checkTraffic } from './doctor-traffic';
import { checkChallengers, checkContents } from './doctor-versions';
import { printTable } from './table';

/** In the order in which they are repaired: what a later check looks at is mended by then. */
const CHECKS: readonly Check[] = [
  checkSetup,
  checkDocuments,
  checkRetrainings,
  checkExperiments,
  checkTraffic,
  checkChallengers,
  checkArtifacts,
  checkContents,
];

/** Something that was mended, or not. */
export interface Repair extends Record<string, string> {
  readonly check: string;
  readonly repair: string;
  /** `done`, or why not. */
  readonly outcome: string;
}

/** Adds `doctor`. */
export function addDoctorCommand(program: Command, defaults: OperatorDefaults): void {
  startsWork(
    common(
      program.command('doctor').description('checks the set-up and finds what a crash or a terminate left'),
      defaults,
    ),
  )
    .option('--repair', 'mends what can be mended, then looks again')
    .action((options: OperatorOptions & { readonly repair?: boolean }) =>
      within(options, async (context) => {
        const repairs = options.repair === true ? await repair(context) : [];
        const findings = (await diagnose(context)).map(withoutMend);
        print(
          options.repair === true ? { repairs, findings } : findings,
          options,
          () => `${repairs.length === 0 ? '' : `${printTable(repairs)}\n`}${findingTable(findings)}`,
        );
        if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1;
      }),
    );
}

/** Looks at the set-up and at what a crash or a terminate may have left. */
export async function diagnose(context: OperatorContext, now = Date.now()): Promise<Diagnosis[]> {
  const findings: Diagnosis[] = [];
  for (const check of CHECKS) findings.push(...(await check(context, now)));
  return findings;
}

/** Mends what can be mended, check by check. A repair that fails is said and does not stop the others. */
export async function repair(context: OperatorContext, now = Date.now()): Promise<Repair[]> {
  const repairs: Repair[] = [];
  for (const check of CHECKS) {
    const findings = await check(context, now);
    if (findings.some(({ blocks }) => blocks === true)) return [];
    for (const { check: name, repair: what = '', mend } of findings) {
      if (mend === undefined) continue;
      const outcome = await mend().then(
        () => 'done',
        (error: unknown) => `failed: ${(error as Error).message}`,
      );
      repairs.push({ check: name, repair: what, outcome });
    }
  }
  return repairs;
}

function withoutMend({ mend: _mend, blocks: _blocks, ...finding }: Diagnosis): Finding {
  return finding;
}

function findingTable(findings: readonly Finding[]): string {
  return printTable(
    findings.map(({ check, state, finding }) => ({ check, state, finding })),
    findings.map(({ repair: what, command }) => [
      ...(what === undefined ? [] : [`${REPAIR}: ${what}`]),
      ...(command === undefined || command === REPAIR ? [] : [command]),
    ]),
  );
}
