/** A colour on light and on dark paper. */
type Colour = readonly [light: string, dark: string];

/**
 * Every colour of a page and of its plots. They stay apart for colour-blind readers (after Okabe and Ito); the light
 * ones must be distinct, for a plot is drawn in them and then refers to them by name.
 */
export const PALETTE = {
  ink: ['#1c2733', '#e6edf3'],
  soft: ['#55636f', '#9fb0bf'],
  line: ['#dbe2ea', '#2c3844'],
  paper: ['#fefefe', '#11171d'],
  panel: ['#f5f7fa', '#19222b'],
  frozen: ['#84909c', '#8d9aa7'],
  loop: ['#0072b2', '#56b4e9'],
  alert: ['#d55e00', '#ff9140'],
  good: ['#009e73', '#35d0a0'],
  shade: ['#cc79a7', '#e0a3c6'],
  drift0: ['#eef2f6', '#1b2631'],
  drift1: ['#c6dbef', '#1e4467'],
  drift2: ['#6baed6', '#2b6ea6'],
  drift3: ['#2171b5', '#5ba3d9'],
  drift4: ['#08306b', '#c3e0fa'],
} as const satisfies Record<string, Colour>;

const variables = (theme: 0 | 1) =>
  Object.entries(PALETTE)
    .map(([name, colour]) => `--${name}: ${colour[theme]};`)
    .join(' ');

/** The style sheet of every page. */
export const STYLE = `
:root { color-scheme: light; ${variables(0)} }
@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark; ${variables(1)} } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1100px; padding: 2.25rem 1.25rem 4rem; color: var(--ink); background: var(--paper);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.3rem; margin: 2.75rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 2rem 0 .25rem; }
p { margin: .5rem 0; max-width: 76ch; } .lead { font-size: 1.2rem; line-height: 1.5; } .soft, small { color: var(--soft); }
.scroll { overflow-x: auto; } .scroll:focus-visible { outline: 2px solid var(--loop); }
table { border-collapse: collapse; margin: .75rem 0; font-size: .92rem; overflow-wrap: break-word; }
th, td { text-align: left; padding: .4rem 1.1rem .4rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 600; } td { min-width: 4ch; max-width: 60ch; }
.n { text-align: right; font-variant-numeric: tabular-nums; } .word { white-space: nowrap; font-variant-numeric: tabular-nums; }
td:has(small) { min-width: 12ch; }
figure { margin: 1rem 0 1.5rem; } figcaption { color: var(--soft); font-size: .92rem; max-width: 86ch; margin-top: .25rem; }
figure svg { width: 100%; height: auto; display: block; min-width: 680px; } .pair figure svg { min-width: 440px; }
.pair { display: grid; gap: 0 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); }
.pair > * { min-width: 0; } summary { cursor: pointer; color: var(--soft); }
@media print { body { max-width: none; padding: 0; font-size: 11pt; } h2, h3 { break-after: avoid; }
  figure, tr { break-inside: avoid; } .scroll { overflow: visible; } figure svg, .pair figure svg { min-width: 0; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;
