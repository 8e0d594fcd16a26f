#!/usr/bin/env node
// The pictures of the pages in README and docs/pages.md, anew: tools/pictures.mjs ATTAIN. Of the simulated company on a day that stays the
// same, so that only what changed in the pages changes in them.
import { chromium, request } from '@playwright/test';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHROMIUM, makeCompany, serve } from '../tests/pages/demo.mjs';

const OUT = new URL('../docs/pictures/', import.meta.url).pathname;
const PICTURES = [
  { name: 'today', role: 'manager', path: '/' },
  { name: 'today-phone', role: 'rep', path: '/', width: 390, height: 844 },
  { name: 'scorecard', role: 'manager', path: '/scorecard', scheme: 'dark' },
  { name: 'kpi', role: 'manager', path: '/kpi/win_rate' },
  { name: 'pipeline', role: 'leader', path: '/pipeline' },
  { name: 'targets', role: 'manager', path: '/targets' },
];

const attain = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), 'attain-pictures-'));
const company = join(folder, 'company');

async function take(browser, url, { users, password }, { name, role, path, width = 1280, height = 800, scheme = 'light' }) {
  const asking = await request.newContext({ baseURL: url });
  await asking.post('/api/v1/session', { data: { user: users[role], password } });
  const context = await browser.newContext({
    baseURL: url,
    storageState: await asking.storageState(),
    viewport: { width, height },
    colorScheme: scheme,
    locale: 'en-GB',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.waitForLoadState('load');
  await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' });
  await page.screenshot({ path: join(OUT, `${name}.png`) });
  await context.close();
  await asking.dispose();
}

const made = makeCompany(attain, company);
const { url, end } = await serve(attain, company);
const browser = await chromium.launch(CHROMIUM);
mkdirSync(OUT, { recursive: true });
try {
  for (const picture of PICTURES) await take(browser, url, made, picture);
} finally {
  await browser.close();
  await end();
  rmSync(folder, { recursive: true });
}
