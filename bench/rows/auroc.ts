import { seeded, statistics } from '../library';
import { differs } from '../row';
import type { Family, Row, Store } from '../row';
import { normalLaw } from '../samples';

const ROWS = 1_000_000;

function* rows(store: Store): Generator<Row> {
  const [normal, random] = [normalLaw(11), seeded(12)];
  const labels = Uint8Array.from({ length: ROWS }, () => (random() < 0.3 ? 1 : 0));
  const scores = Float64Array.from(labels, (label) => 1 / (1 + Math.exp(-normal() - label)));
  yield {
    work: 'AUROC with its interval, 1e6 rows',
    ours: () => statistics.areaUnderRoc(labels, scores),
    peer: {
      name: 'scikit-learn',
      work: 'auroc',
      args: { labels: store('labels', labels), scores: store('scores', scores) },
      what: 'roc_auc_score, no interval',
    },
    goal: 2,
    compare: (ours, theirs) => differs('area', (ours as { value: number }).value, theirs as number, 0, 1e-12),
  };
}

/** The area under the ROC curve beside scikit-learn. */
export const auroc: Family = { name: 'auroc', rows };
