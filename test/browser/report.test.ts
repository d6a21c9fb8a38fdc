import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { experimentReport, renderReplayReport } from '../../src/reports';
import { emptyStory, experimentStory } from '../support/experiment-fixture';
import { HOSTILE, reportFixture } from '../support/report-fixture';

jest.setTimeout(60_000);

let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-browser-'));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

interface Opened {
  readonly page: Page;
  /** Errors of the console, exceptions and dialogs. */
  readonly errors: string[];
  readonly requests: string[];
}

async function open(text: string, width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Opened> {
  return show(await renderReplayReport(reportFixture(text)), width, colorScheme);
}

async function show(html: string, width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Opened> {
  const file = join(folder, 'report.html');
  await writeFile(file, html);
  const options: BrowserContextOptions = { viewport: { width, height: 900 }, colorScheme };
  const page = await browser.newPage(options);
  const [errors, requests]: [string[], string[]] = [[], []];
  page.on('console', (message) => (message.type() === 'error' ? errors.push(message.text()) : undefined));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('dialog', (dialog) => {
    errors.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
  return { page, errors, requests };
}

const fits = (page: Page) => page.evaluate<boolean>('document.documentElement.scrollWidth <= window.innerWidth');

test.each([1280, 400])('the report fits %i pixels, draws its plots and is quiet', async (width) => {
  const { page, errors, requests } = await open('bike', width);
  const plots = page.locator('figure svg');
  expect(await plots.count()).toBe(4);
  for (const plot of await plots.all()) {
    expect(await plot.isVisible()).toBe(true);
    const box = await plot.boundingBox();
    // Narrower than that its letters cannot be read: it scrolls in itself instead.
    expect(box!.width).toBeGreaterThan(430);
    expect(box!.height).toBeGreaterThan(90);
  }
  expect(await fits(page)).toBe(true);
  expect(errors).toEqual([]);
  expect(requests).toHaveLength(1);
  await page.close();
});

test('the plots follow the theme of the reader', async () => {
  const ink = async (scheme: 'light' | 'dark') => {
    const { page } = await open('bike', 1280, scheme);
    const colours = await page.evaluate<string[]>(
      "[...document.querySelectorAll('figure svg text')].map((text) => getComputedStyle(text).fill)",
    );
    await page.close();
    return new Set(colours);
  };
  const [light, dark] = [await ink('light'), await ink('dark')];
  expect([...light].filter((colour) => dark.has(colour))).toEqual([]);
});

test.each([1280, 400])('hostile names do nothing at %i pixels', async (width) => {
  const { page, errors, requests } = await open(HOSTILE, width);
  await page.locator('summary').click();
  expect(await page.evaluate('window.harmed')).toBeUndefined();
  expect(await page.locator('img, script').count()).toBe(0);
  expect(await page.title()).toContain('<img src=x');
  expect(await fits(page)).toBe(true);
  expect(errors).toEqual([]);
  expect(requests).toHaveLength(1);
  await page.close();
});

test.each([1280, 400])('an experiment fits %i pixels, draws its plots and is quiet', async (width) => {
  const { page, errors, requests } = await show(await experimentReport(experimentStory()), width);
  const plots = page.locator('figure svg');
  expect(await plots.count()).toBe(4);
  for (const plot of await plots.all()) {
    const box = await plot.boundingBox();
    expect(box!.width).toBeGreaterThan(430);
    expect(box!.height).toBeGreaterThan(150);
  }
  expect(await fits(page)).toBe(true);
  expect(errors).toEqual([]);
  expect(requests).toHaveLength(1);
  await page.close();
});

test('the results of an experiment are seen whole on a wide screen', async () => {
  const { page } = await show(await experimentReport(experimentStory()), 1280);
  const [inner, outer] = await page.evaluate<[number, number]>(
    `(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth])(
      document.querySelector('[aria-label="Results by metric and variant"]'))`,
  );
  expect(inner).toBeLessThanOrEqual(outer);
  await page.close();
});

test.each([
  ['hostile', experimentStory(HOSTILE)],
  ['empty', emptyStory()],
] as const)('an experiment that is %s does nothing and fits', async (_, story) => {
  const { page, errors, requests } = await show(await experimentReport(story), 400);
  expect(await page.evaluate('window.harmed')).toBeUndefined();
  expect(await page.locator('img, script').count()).toBe(0);
  expect(await fits(page)).toBe(true);
  expect(errors).toEqual([]);
  expect(requests).toHaveLength(1);
  await page.close();
});
