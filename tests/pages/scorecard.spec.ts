import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, expectAccessible, test } from './attain';

const grid = (page: Page) => page.getByRole('grid', { name: 'Scorecard' });

test('people under their teams, folded up and found', async ({ as }) => {
  const page = await as('manager');
  await page.goto('/scorecard');
  const people = grid(page).getByRole('rowheader').getByRole('link');
  await expect(people.first()).toBeVisible();
  const all = await people.count();
  const team = grid(page).getByRole('button', { expanded: true }).first();
  await team.click();
  await expect.poll(() => people.count()).toBeLessThan(all);
  await page.reload();
  await expect(grid(page).getByRole('button', { expanded: false })).toHaveCount(1);
  await grid(page).getByRole('button', { expanded: false }).click();
  await expect(people).toHaveCount(all);
  await page.getByRole('searchbox', { name: 'Find a name' }).fill('nobody of this name');
  await expect(page.getByRole('heading', { name: 'Nobody is called that' })).toBeVisible();
  await expectAccessible(page);
});

test('by keyboard: to a number, how it came to be, and back', async ({ as }) => {
  const page = await as('manager');
  await page.goto('/scorecard?by=rep');
  const first = grid(page).getByRole('row', { name: 'Company' }).getByRole('gridcell').first().getByRole('button');
  await first.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  const name = await page.evaluate(() => document.activeElement!.getAttribute('aria-label'));
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('heading', { name: 'Formula' })).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  expect(await page.evaluate(() => document.activeElement!.getAttribute('aria-label'))).toBe(name);
});

test('sorted by a KPI, as the address says', async ({ as }) => {
  const page = await as('manager');
  await page.goto('/scorecard?by=rep');
  await grid(page).getByRole('columnheader', { name: 'New customers' }).getByRole('button').click();
  await expect(grid(page).getByRole('columnheader', { name: 'New customers' })).toHaveAttribute('aria-sort', 'descending');
  expect(page.url()).toContain('sort=new_customers.down');
  const values = await columnOf(page, 'New customers');
  expect(values.length).toBeGreaterThan(2);
  expect(values).toEqual([...values].sort((a, b) => b - a));
});

/** The counts of a column, of the rows that have one, but for the company's. */
async function columnOf(page: Page, title: string): Promise<number[]> {
  const heads = await grid(page).getByRole('columnheader').allInnerTexts();
  const at = heads.findIndex((head) => head.startsWith(title)) - 1;
  const rows = await grid(page)
    .getByRole('row')
    .evaluateAll((all, column) => all.map((row) => row.querySelectorAll('[role="gridcell"] b')[column]?.textContent ?? '–'), at);
  return rows
    .slice(2)
    .filter((text) => text !== '–')
    .map(Number);
}

test('what is exported is what is seen', async ({ as }) => {
  const page = await as('manager');
  await page.goto('/scorecard?by=rep');
  await expect(grid(page).getByRole('rowheader').first()).toBeVisible();
  await page.getByRole('button', { name: 'Export' }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV' }).click();
  const [head, ...lines] = readFileSync(await (await downloading).path(), 'utf8')
    .trim()
    .split(/\r?\n/);
  const columns = head!.split(',');
  const kpi = columns.indexOf('kpi');
  const value = columns.indexOf('value');
  const counts = lines.map((line) => line.split(',')).filter((cells) => cells[kpi] === 'new_customers' && cells[value]);
  const seen = await columnOf(page, 'New customers');
  expect(counts.map((cells) => Number(cells[value])).slice(1)).toEqual(seen);
});

test('a thousand people: those seen are drawn, all can be reached', async ({ as }) => {
  const page = await as('manager');
  await page.route('**/api/v1/scorecard?*', async (route) => {
    const card = await (await route.fetch()).json();
    const [company, one] = card.rows;
    const people = Array.from({ length: 1000 }, (_, i) => ({ ...one, who: `rep:P${i}`, members: { rep: `Person ${i}` } }));
    await route.fulfill({ json: { ...card, rows: [company, ...people] } });
  });
  await page.goto('/scorecard?by=rep');
  await expect(grid(page)).toHaveAttribute('aria-rowcount', '1002');
  expect(await grid(page).getByRole('row').count()).toBeLessThan(150);
  await grid(page).getByRole('row', { name: 'Company' }).getByRole('gridcell').first().getByRole('button').focus();
  await page.keyboard.press('Control+End');
  await expect(grid(page).getByRole('link', { name: 'Person 999' })).toBeVisible();
  expect(await grid(page).getByRole('row').count()).toBeLessThan(150);
  await page.keyboard.press('Control+Home');
  await expect(grid(page).getByRole('link', { name: 'Person 0', exact: true })).toBeVisible();
});
