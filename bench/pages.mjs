#!/usr/bin/env node
// The pages in Chromium, with its processor slowed down to a quarter: when Today shows its first numbers, what was fetched until then, and
// how soon a record that was put is on the page. bench/pages.mjs ATTAIN. Set: BENCH_ROUNDS (5), BENCH_FIGURES (added to).
import { chromium, request } from '@playwright/test';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHROMIUM, makeCompany, serve } from '../tests/pages/demo.mjs';

const attain = process.argv[2];
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SLOWER = 4;
const folder = mkdtempSync(join(tmpdir(), 'attain-bench-'));
const company = join(folder, 'company');

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

function note(name, value, unit) {
  console.log(`${name.padEnd(66)} ${value.toPrecision(4).padStart(8)} ${unit}`);
  if (process.env.BENCH_FIGURES) appendFileSync(process.env.BENCH_FIGURES, JSON.stringify({ part: 'pages', name, value, unit }) + '\n');
}

// Runs in the page before its own scripts: when the first number of Today was drawn.
function watch() {
  const seen = () => document.querySelector('main h1') && document.querySelector('main button[aria-haspopup="dialog"]');
  const look = () =>
    seen() ? requestAnimationFrame(() => setTimeout(() => (window.attainUseful = performance.now()))) : requestAnimationFrame(look);
  requestAnimationFrame(look);
}

// Looked for within the page: the server's policy does not let Playwright's own waiting in.
const useful = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const look = () => (window.attainUseful ? resolve(window.attainUseful) : requestAnimationFrame(look));
        look();
      }),
  );

async function open(browser, url, storageState, cold) {
  const context = await browser.newContext({ baseURL: url, storageState, locale: 'en-GB' });
  await context.addInitScript(watch);
  const page = await context.newPage();
  const tools = await context.newCDPSession(page);
  await tools.send('Network.enable');
  let bytes = 0;
  tools.on('Network.loadingFinished', (event) => (bytes += event.encodedDataLength));
  await tools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  await page.goto('/');
  let ms = await useful(page);
  if (!cold) {
    await page.reload();
    ms = await useful(page);
  }
  const fetched = bytes;
  await context.close();
  return { ms, bytes: fetched };
}

async function put(asking, csrf, id, amount, at) {
  const answer = await asking.put(`/api/v1/records/opportunity/${id}?source=bench`, {
    headers: { 'X-Attain-CSRF': csrf },
    data: {
      name: id,
      owner: 'U-1001',
      stage: 'Closed Won',
      outcome: 'won',
      amount,
      currency: 'EUR',
      created_at: '2026-11-01',
      closed_at: at,
    },
  });
  if (!answer.ok()) throw new Error(await answer.text());
}

// From the record's answer to the page's first change of its first number.
async function follow(browser, url, storageState, asking, csrf) {
  const context = await browser.newContext({ baseURL: url, storageState, locale: 'en-GB' });
  await context.addInitScript(watch);
  const page = await context.newPage();
  await page.goto('/');
  await useful(page);
  const waits = [];
  for (let round = 0; round < ROUNDS * 4; round++) {
    const changed = page.evaluate(() => {
      const main = document.querySelector('main');
      const before = main.innerText;
      return new Promise((resolve) => {
        const observer = new MutationObserver(() => {
          if (main.innerText === before) return;
          observer.disconnect();
          resolve(Date.now());
        });
        observer.observe(main, { subtree: true, childList: true, characterData: true });
      });
    });
    await put(asking, csrf, `B-${round}`, 150_000 + round, '2026-11-19');
    const answered = Date.now();
    waits.push((await changed) - answered);
  }
  await context.close();
  return waits;
}

const { users, password } = makeCompany(attain, company);
const { url, end } = await serve(attain, company);
const browser = await chromium.launch(CHROMIUM);
try {
  const asking = await request.newContext({ baseURL: url });
  const me = await (await asking.post('/api/v1/session', { data: { user: users.administrator, password } })).json();
  const storageState = await asking.storageState();
  const [cold, warm] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    cold.push(await open(browser, url, storageState, true));
    warm.push(await open(browser, url, storageState, false));
  }
  note('Today, first numbers on the screen, processor slowed down 4x', median(cold.map((one) => one.ms)), 'ms');
  note('the same, its files kept by the browser', median(warm.map((one) => one.ms)), 'ms');
  note('fetched until then, as sent', median(cold.map((one) => one.bytes)) / 1000, 'kB');
  const waits = await follow(browser, url, storageState, asking, me.csrf);
  note('from the answer to a put record to the page, median', median(waits), 'ms');
  note('the same, longest', Math.max(...waits), 'ms');
} finally {
  await browser.close();
  await end();
  rmSync(folder, { recursive: true });
}
