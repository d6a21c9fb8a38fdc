import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { renderReplayReport } from '../../src/reports';
import { HOSTILE, reportFixture } from '../support/report-fixture';

jest.setTimeout(60_000);

let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-browser-'));
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

async function open(text: string, width: number): Promise<{ page: Page; errors: string[]; requests: string[] }> {
  const file = join(folder, 'report.html');
  await writeFile(file, await renderReplayReport(reportFixture(text)));
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const [errors, requests]: [string[], string[]] = [[], []];
  page.on('console', (message) => (message.type() === 'error' ? errors.push(message.text()) : undefined));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('dialog', (dialog) => errors.push(dialog.message()));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  return { page, errors, requests };
}

test.each([1280, 400])('the report fits %i pixels, draws its plots and is quiet', async (width) => {
  const { page, errors, requests } = await open('bike', width);
  const sizes = await page
    .locator('figure svg')
    .evaluateAll((all) => all.map((svg) => svg.getBoundingClientRect().width));
  expect(sizes).toHaveLength(5);
  for (const size of sizes) expect(size).toBeGreaterThan(width / 2);
  expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
  expect(errors).toEqual([]);
  expect(requests).toHaveLength(1);
  await page.close();
});

test('hostile names do nothing', async () => {
  const { page, errors, requests } = await open(HOSTILE, 1280);
  expect(await page.evaluate('window.harmed')).toBeUndefined();
  expect(await page.title()).toContain('<img src=x');
  expect(errors).toEqual([]);
  expect(requests).toHaveLength(1);
  await page.close();
});
