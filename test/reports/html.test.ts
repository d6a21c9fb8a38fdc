import { escapeHtml, Html, html, page, show, tableOf } from '../../src/reports/html';

test('values are escaped, pieces are not escaped twice, lists are joined', () => {
  const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`);
  expect(html`<ul>${items}</ul>`.text).toBe('<ul><li>a</li><li>&lt;b&gt;</li></ul>');
  expect(html`${new Html('<i>x</i>')}`.text).toBe('<i>x</i>');
  expect(html`${null}${0}`.text).toBe('0');
});

test('an object that only looks like a piece of a page is escaped', () => {
  const forged = ['<b>', { text: '<script>' }] as unknown as readonly string[];
  expect(() => html`${forged}`.text).toThrow();
  expect(html`${true as unknown as string}`.text).toBe('true');
});

test.each([
  ['<script>', '&lt;script&gt;'],
  ['"onload="x', '&quot;onload=&quot;x'],
  ["it's", 'it&#39;s'],
  ['a & b', 'a &amp; b'],
])('%s is shown as text', (text, escaped) => expect(escapeHtml(text)).toBe(escaped));

test('a column of numbers stands to the right and null is a dash', () => {
  const { text } = tableOf(
    ['name', 'n'],
    [
      ['a', 1.23456],
      ['<x>', null],
    ],
    '"label"',
  );
  expect(text).toContain('<td class="n">1.2346</td>');
  expect(text).toContain('<td class="n">–</td>');
  expect(text).toContain('<td>&lt;x&gt;</td>');
  expect(text).toContain('aria-label="&quot;label&quot;"');
});

test('a page has a title, a policy and no script', () => {
  const text = page({ title: '<t>', body: html`<p>x</p>` });
  expect(text).toContain('<title>&lt;t&gt;</title>');
  expect(text).toContain('Content-Security-Policy');
  expect(text).not.toContain('<script');
});

test.each([
  [1 / 3, '0.3333'],
  [NaN, '–'],
  [Infinity, '–'],
  [null, '–'],
])('%p is shown as %s', (value, text) => expect(show(value)).toBe(text));
