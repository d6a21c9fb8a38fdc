import type { LoopwrightClient } from '../client';
import type { JudgedWindow, ModelTarget, MonitorStatus } from '../contracts';
import { day } from '../domain/time';
import type { Listener } from './replay/replay';

/** Writes to a terminal: a bar that stays at the bottom, or plain lines where there is no terminal. */
export class Terminal {
  private readonly out: NodeJS.WriteStream;
  private bar = '';

  constructor(out: NodeJS.WriteStream = process.stdout) {
    this.out = out;
  }

  line(text: string): void {
    if (this.bar !== '') this.out.write('\r\x1b[2K');
    this.out.write(`${text}\n`);
    if (this.bar !== '') this.out.write(this.bar);
  }

  progress(share: number, label: string): void {
    if (!this.out.isTTY) return;
    const width = 30;
    const full = Math.round(width * share);
    this.bar = `\r\x1b[2K${'█'.repeat(full)}${'░'.repeat(width - full)} ${Math.round(share * 100)} % ${label}`;
    this.out.write(this.bar);
  }

  clear(): void {
    if (this.bar !== '') this.out.write('\r\x1b[2K');
    this.bar = '';
  }
}

/** Tells the story of a replay as it happens. */
export class Story implements Listener {
  private readonly client: LoopwrightClient;
  private readonly target: ModelTarget;
  private readonly terminal: Terminal;
  private lastWindow = '';
  private readonly alerts = new Set<string>();
  private readonly resolved = new Set<string>();
  private experiment: string | null = null;
  private token = 0;
  private baselineTold = false;

  constructor(client: LoopwrightClient, target: ModelTarget, terminal: Terminal) {
    this.client = client;
    this.target = target;
    this.terminal = terminal;
  }

  async step({ at, served, total, status }: Parameters<Listener['step']>[0]): Promise<void> {
    this.tellBaseline(status);
    for (const window of status.recent.filter(({ from }) => from > this.lastWindow))
      this.tellWindow(at, window, status);
    for (const alert of status.alerts.filter(({ id }) => !this.alerts.has(id))) {
      this.alerts.add(alert.id);
      this.terminal.line(
        `${day(alert.at)}  ▲ alert: ${alert.summary}, in ${alert.count} windows (${alert.severity}) → ${alert.actions.join(', ') || 'nothing'}`,
      );
    }
    for (const alert of status.alerts.filter(({ id, resolution }) => resolution !== null && !this.resolved.has(id))) {
      this.resolved.add(alert.id);
      this.terminal.line(
        `${day(alert.resolution!.at)}  △ resolved: ${alert.kind} ${alert.subject}, found ${alert.count} times`,
      );
    }
    if (this.experiment !== null && status.open?.experiment !== this.experiment)
      await this.tellDecision(this.experiment);
    const experiment = status.open?.experiment ?? null;
    if (experiment !== null && experiment !== this.experiment) await this.tellExperiment(experiment);
    this.experiment = experiment;
    await this.tellServing();
    this.terminal.progress(total === 0 ? 1 : served / total, day(at));
  }

  private tellBaseline({ baseline, level, spec }: MonitorStatus): void {
    if (baseline === null || this.baselineTold) return;
    this.baselineTold = true;
    this.terminal.line(
      `${day(spec.baseline.to)}  baseline ${spec.metric} ${show(baseline.value)} on ${baseline.n} rows, alert level ${show(level)}`,
    );
  }

  private tellWindow(at: string, window: JudgedWindow, { spec }: MonitorStatus): void {
    this.lastWindow = window.from;
    const mark = window.status === 'below' ? '▼' : window.status === 'ok' ? ' ' : '·';
    const note = window.counted ? '' : '  (not counted: a retraining or an experiment is open)';
    this.terminal.line(
      `${day(at)}  ${mark} ${spec.metric} ${show(window.value)} on ${window.n} rows from ${day(window.from)} on${note}`,
    );
  }

  private async tellExperiment(id: string): Promise<void> {
    const { gate, snapshot, challenger } = await this.client.retraining.status(this.target);
    if (gate === null || snapshot === null) return;
    this.terminal.line(
      `            retrained on ${snapshot.rows} rows: ${gate.metric} on the hold-out ${show(gate.challenger[gate.metric])} against ${show(gate.champion[gate.metric])} → version ${challenger} meets the champion in ${id}`,
    );
  }

  private async tellDecision(id: string): Promise<void> {
    const found = (await this.client.challenges.list(this.target)).find(({ _id }) => _id === id)?.result;
    if (found == null) return;
    const last = found.looks.at(-1);
    const arms = (last?.arms ?? []).map((arm) => `${arm.name} ${show(arm.accuracy)} (${arm.n})`).join(', ');
    this.terminal.line(
      `${day(found.decidedAt)}  ● ${id}: ${found.decision} after ${found.looks.length} looks: ${arms}`,
    );
    for (const reason of found.reasons) this.terminal.line(`            ${reason}`);
  }

  private async tellServing(): Promise<void> {
    const serving = await this.client.deployments.current(this.target);
    if (serving === null || serving.token === this.token) return;
    this.token = serving.token;
    const share =
      serving.split === null
        ? ''
        : `, version ${serving.challenger} for ${Math.round(serving.split.allocation * 100)} %`;
    this.terminal.line(`${day(serving.effectiveAt)}  ■ serves: version ${serving.champion}${share}`);
  }
}

function show(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}
