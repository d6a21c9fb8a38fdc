import { designInput } from '../support/design-input';
import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { hour } from '../support/rows';
import { seeded } from '../support/streams';

jest.setTimeout(240_000);
const DAY = 24;
let loop: TestLoop;
let counter = 0;
beforeAll(async () => { loop = await startTestLoop(); });
afterAll(() => loop.close());
const advance = (id: string, k: number) => loop.client.experiments.advance(id, { source: 'test', at: hour(k) });
const ev = (event: string) => ({ kind: 'event', event }) as const;

async function go(change: any, effect: any, opts: any = {}) {
  const id = `${loop.model}-${(counter += 1)}`;
  const input = designInput({ id, clock: 'data', start: hour(0), ...change });
  await loop.client.experiments.create(input as any);
  await advance(id, 0);
  const names: string[] = input.variants.map((v: any) => v.name);
  const rnd = seeded(opts.seed ?? 11);
  const g = () => { let s = 0; for (let i = 0; i < 12; i++) s += rnd(); return s - 6; };
  const days = opts.days ?? 28, perDay = opts.perDay ?? 200;
  const exp: any[] = [], evs: any[] = [], units: any[] = [];
  for (let k = 0; k < days * perDay; k++) {
    const h = Math.floor((k / perDay) * 24);
    const unit = `${id}/u${k}`;
    const variant = names[Math.floor(rnd() * names.length)]!;
    const e = effect[variant] ?? {};
    const pre = 10 + 3 * g();
    const y = pre * 0.9 + 2 * g() + (e.y ?? 0);
    const orders = rnd() < (e.p ?? 0.2);
    const clicks = 1 + Math.floor(rnd() * 5);
    const rev = clicks * (2 + (e.r ?? 0)) + g();
    units.push({ h, variant, pre, y, orders, clicks, rev });
    exp.push({ experiment: id, unit, variant, at: hour(h), attributes: { country: k % 2 ? 'DE' : 'AT' } });
    evs.push({ eventId: `${unit}/pre`, unit, event: 'spend', value: pre, at: hour(h - 30) });
    evs.push({ eventId: `${unit}/y`, unit, event: 'spend', value: y, at: hour(h + 5) });
    evs.push({ eventId: `${unit}/late`, unit, event: 'spend', value: 1000, at: hour(h + 72) });
    if (orders) evs.push({ eventId: `${unit}/o`, unit, event: 'order', at: hour(h + 1) });
    evs.push({ eventId: `${unit}/c`, unit, event: 'click', value: clicks, at: hour(h + 1) });
    evs.push({ eventId: `${unit}/r`, unit, event: 'rev', value: rev, at: hour(h + 2) });
  }
  await loop.client.tracking.expose(exp);
  await loop.client.tracking.track(evs);
  await advance(id, opts.to ?? 31 * DAY);
  return { id, units, record: (await loop.client.experiments.record(id))!, analyses: await loop.client.experiments.analyses(id) };
}
const metrics = [
  { name: 'orders', role: 'success', type: 'proportion', source: ev('order') },
  { name: 'spend', role: 'success', type: 'mean', source: ev('spend'), lookBack: '7d' },
  { name: 'perclick', role: 'secondary', type: 'ratio', source: ev('rev'), denominator: ev('click') },
  { name: 'neg', role: 'secondary', type: 'mean', source: ev('spend'), direction: 'lower-is-better' },
] as const;
const mean = (a: number[]) => a.reduce((x, y) => x + y, 0) / a.length;
const vr = (a: number[]) => { const m = mean(a); return a.reduce((x, y) => x + (y - m) ** 2, 0) / (a.length - 1); };
const cov = (a: number[], b: number[]) => { const m = mean(a), n = mean(b); return a.reduce((x, y, i) => x + (y - m) * (b[i]! - n), 0) / (a.length - 1); };

test('numbers', async () => {
  const { units, record, analyses } = await go({ metrics, sequential: { kind: 'spending', looks: 1 } }, { control: { p: 0.2 }, short: { p: 0.24, y: 0.5, r: 0.05 } });
  const a = analyses.at(-1)!;
  console.log(JSON.stringify(record.result), a.kind, a.k, a.status, JSON.stringify(a.units), JSON.stringify(a.sampleRatio));
  const C = units.filter((u: any) => u.variant === 'control'), T = units.filter((u: any) => u.variant === 'short');
  const pc = mean(C.map((u: any) => +u.orders)), pt = mean(T.map((u: any) => +u.orders)), pp = mean(units.map((u: any) => +u.orders));
  console.log('orders z', (pt - pc) / Math.sqrt(pp * (1 - pp) * (1 / C.length + 1 / T.length)));
  const th = (() => { const num = cov(C.map((u: any) => u.pre), C.map((u: any) => u.y)) * (C.length - 1) + cov(T.map((u: any) => u.pre), T.map((u: any) => u.y)) * (T.length - 1); const den = vr(C.map((u: any) => u.pre)) * (C.length - 1) + vr(T.map((u: any) => u.pre)) * (T.length - 1); return num / den; })();
  const adj = (X: any[]) => X.map((u) => u.y - th * u.pre);
  console.log('cuped theta', th, 'diff', mean(adj(T)) - mean(adj(C)), 't', (mean(adj(T)) - mean(adj(C))) / Math.sqrt(vr(adj(T)) / T.length + vr(adj(C)) / C.length));
  const ratio = (X: any[]) => { const r = X.map((u) => u.rev), c = X.map((u) => u.clicks); const q = mean(r) / mean(c); return { q, v: (vr(r) - 2 * q * cov(r, c) + q * q * vr(c)) / mean(c) ** 2 / X.length }; };
  const rc = ratio(C), rt = ratio(T);
  console.log('ratio', rt.q - rc.q, (rt.q - rc.q) / Math.sqrt(rt.v + rc.v));
  console.log('neg t', (mean(T.map((u: any) => u.y)) - mean(C.map((u: any) => u.y))) / Math.sqrt(vr(T.map((u: any) => u.y)) / T.length + vr(C.map((u: any) => u.y)) / C.length));
  for (const c of a.comparisons) console.log(JSON.stringify(c));
});

test('lower is better success', async () => {
  const m = [{ name: 'neg', role: 'success', type: 'mean', source: ev('spend'), direction: 'lower-is-better' }];
  const down = await go({ metrics: m }, { short: { y: -1 } });
  const up = await go({ metrics: m }, { short: { y: 1 } });
  console.log(JSON.stringify(down.record.result), JSON.stringify(up.record.result));
});

test('minimum duration, one look, AV, three variants', async () => {
  const m = [{ name: 'spend', role: 'success', type: 'mean', source: ev('spend') }];
  const big = await go({ metrics: m, criteria: { minimumDuration: '3w' } }, { short: { y: 3 } });
  console.log('min3w', JSON.stringify(big.record.result), JSON.stringify(big.record.looks.filter((l) => l.kind === 'look')));
  const av = await go({ metrics: m, sequential: { kind: 'always-valid' } }, { short: { y: 1.5 } });
  console.log('av', JSON.stringify(av.record.result), av.record.looks.length);
  const aa = await go({ metrics: m, sequential: { kind: 'always-valid' } }, {});
  console.log('av AA', JSON.stringify(aa.record.result), aa.record.looks.length, JSON.stringify(aa.record.looks.at(-1)));
  const three = await go({ metrics: m, variants: [{ name: 'control', weight: 1 / 3 }, { name: 'a', weight: 1 / 3 }, { name: 'b', weight: 1 / 3 }] }, { a: { y: -3 }, b: { y: 2 } });
  console.log('three', JSON.stringify(three.record.result), JSON.stringify(three.record.events), JSON.stringify(three.record.looks.filter((l) => l.kind === 'look')));
});
