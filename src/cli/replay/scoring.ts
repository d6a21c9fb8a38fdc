import type { LoopwrightClient } from '../../client';
import type { FeatureValue, PredictionRow, Serving } from '../../contracts';
import { decodeModel, predictLabels, scoreRows, trainLogisticRegression } from '../../models';
import type { LogisticRegressionModel } from '../../models';
import type { StreamRow } from '../../schemas';

/** Numeric features of rows by column; whatever is no number is missing. */
export function columnsOf(rows: readonly Pick<StreamRow, 'features'>[]): Map<string, Float64Array> {
  const names = new Set(rows.flatMap((row) => Object.keys(row.features)));
  const value = (row: Pick<StreamRow, 'features'>, name: string): number => {
    const found = Object.hasOwn(row.features, name) ? row.features[name] : null;
    return typeof found === 'number' || typeof found === 'boolean' ? Number(found) : Number.NaN;
  };
  return new Map([...names].sort().map((name) => [name, Float64Array.from(rows, (row) => value(row, name))]));
}

/** The first model, trained on all rows of the training interval, whatever their label time. */
export function trainFirst(rows: readonly StreamRow[]): LogisticRegressionModel {
  return trainLogisticRegression({ columns: columnsOf(rows), labels: Uint8Array.from(rows, (row) => row.label) });
}

/** Scores rows by whatever the deployment says serves them, as a service would. */
export class Server {
  private readonly client: LoopwrightClient;
  private readonly model: string;
  private readonly loaded = new Map<number, LogisticRegressionModel>();

  constructor(client: LoopwrightClient, model: string) {
    this.client = client;
    this.model = model;
  }

  /** Rows as they were served. */
  async serve(serving: Serving, rows: readonly StreamRow[]): Promise<PredictionRow[]> {
    const byVersion = new Map<number, StreamRow[]>();
    for (const row of rows) {
      const version = this.client.challenges.assign(serving, row);
      byVersion.set(version, [...(byVersion.get(version) ?? []), row]);
    }
    const served: PredictionRow[] = [];
    for (const [version, mine] of byVersion) {
      const scores = scoreRows(await this.load(version), columnsOf(mine), mine.length);
      const labels = predictLabels(scores);
      mine.forEach((row, index) => {
        const prediction = labels[index] === 1 ? 1 : 0;
        served.push({ ...asLogged(row), version, score: scores[index]!, prediction });
      });
    }
    return served;
  }

  private async load(version: number): Promise<LogisticRegressionModel> {
    const known = this.loaded.get(version);
    if (known !== undefined) return known;
    const entry = await this.client.models.find(this.model, version);
    if (entry === null) throw new Error(`version ${version} of ${this.model} serves but is not registered`);
    const model = decodeModel(await this.client.models.artifact(entry));
    this.loaded.set(version, model);
    return model;
  }
}

/** A row without a prediction, as history. */
export function asHistory(row: StreamRow): PredictionRow {
  return { ...asLogged(row), version: 0, score: null, prediction: null };
}

function asLogged(row: StreamRow): Pick<PredictionRow, 'predictionId' | 'ts' | 'features'> {
  return { predictionId: row.predictionId, ts: row.ts, features: row.features as Record<string, FeatureValue> };
}
