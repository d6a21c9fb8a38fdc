/** Real experiments, from the rows of the committed files through the analysis. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { analyseSums } from '../../activities/experiment-analysis';
import { decideDesign } from '../../src/domain/experiment-decision';
import { designOf } from '../support/design-input';
import { analysisInput, experimentSums, sumsOf } from '../support/experiment-sums';

const event = { kind: 'event', event: 'any' } as const;
const sequential = { kind: 'spending', looks: 1 } as const;

/** Rows of a committed file by column. */
function rowsOf(file: string): Record<string, string>[] {
  const bytes = readFileSync(join(__dirname, '../../data/ab', file));
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString().trim();
  const [header, ...lines] = text.split('\n').map((line) => line.split(','));
  return lines.map((line) => Object.fromEntries(header!.map((name, column) => [name, line[column]!])));
}

test('Open Bandit, men: Thompson sampling against random, z 2.151, p .0315', () => {
  const rows = rowsOf('obd-men.csv.gz');
  const clicks = (policy: string) =>
    sumsOf(rows.filter((row) => row.policy === policy).map(({ click }) => Number(click)));
  const metrics = [{ name: 'clicks', role: 'success', type: 'proportion', source: event } as const];
  const design = designOf({
    variants: [
      { name: 'random', weight: 0.5 },
      { name: 'bts', weight: 0.5 },
    ],
    metrics,
    sequential,
  });
  const analysis = analyseSums(experimentSums(design, [[clicks('random')], [clicks('bts')]]), analysisInput(design));
  const [found] = analysis.comparisons;
  expect(found!.z).toBeCloseTo(2.150953966746057, 12);
  expect(found!.pValue).toBeCloseTo(0.031479833275892294, 12);
  expect(found!.means.map((mean) => Math.round(mean * 10_000))).toEqual([46, 69]);
  expect(found!.lift!.value).toBeCloseTo(0.5, 12);
  expect(found!.difference!.low).toBeCloseTo(0.00019646766508805806, 12);
  expect(found).toMatchObject({ significant: true, better: true, units: [10_000, 10_000] });
  expect(found!.bound).toBeCloseTo(1.959964, 6);
  expect(found!.anytime!.low).toBeLessThan(0);
  expect(analysis.sampleRatio.sequentialP).toBe(1);
  const progress = { kind: 'look', isLast: true, elapsedMs: 7 * 86_400_000, dropped: [] } as const;
  expect(decideDesign(analysis, design, progress)).toMatchObject({ decision: 'ship', variant: 'bts' });
});

describe('LaLonde, job training', () => {
  const rows = rowsOf('lalonde-nsw.csv');
  const variants = [
    { name: 'none', weight: 0.6 },
    { name: 'training', weight: 0.4 },
  ];
  const earnings = (lookBack: string | null) => {
    const metric = { name: 'earnings', role: 'success', type: 'mean', source: event, lookBack } as const;
    const design = designOf({ variants, metrics: [metric], sequential });
    const arm = (treat: string) => {
      const mine = rows.filter((row) => row.treat === treat);
      const [after, before] = ['re78', 're75'].map((name) => mine.map((row) => Number(row[name])));
      return [sumsOf(after!, before)];
    };
    return analyseSums(experimentSums(design, [arm('0'), arm('1')]), analysisInput(design)).comparisons[0]!;
  };

  test('Welch t 2.674', () => {
    const found = earnings(null);
    expect(found.z).toBeCloseTo(2.67414547, 6);
    expect(found.pValue).toBeCloseTo(0.00789298, 7);
    expect(found).toMatchObject({ units: [260, 185], cuped: null, better: true });
    expect(found.difference!.value).toBeCloseTo(1794.3424, 3);
    expect(found.lift!.value).toBeCloseTo(0.393945, 6);
  });

  test('with the earnings of 1975 as covariate (CUPED) p .0095', () => {
    const found = earnings('52w');
    expect(found.z).toBeCloseTo(2.6117092, 6);
    expect(found.pValue).toBeCloseTo(0.00945195, 7);
    expect(found.cuped!.theta).toBeCloseTo(0.17804659, 7);
    expect(found.cuped!.varianceReduction).toBeCloseTo(0.007156997, 8);
    // Means are shown as they are.
    expect(found.means[0]).toBeCloseTo(4554.8011, 3);
    // The lift is relative to the control as it is.
    expect(found.lift!.value).toBeCloseTo(1747.134 / 4554.8011, 6);
  });
});
