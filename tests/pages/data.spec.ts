import { expect, expectAccessible, test } from './attain';
import { readFileSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';

const deals = [
  'Deal ID;Owner;Stage;Amount;Created;Closed',
  'D1;Ana;Won;1000,50;2026-01-05;2026-02-01',
  'D2;Ana;Won;7,00;2026-01-07;31.31.2026',
];
for (let i = 0; i < 60; i++) deals.push(`M${i};Ben;Open;5,00;2026-03-01;`);
const file = { name: 'fair.csv', mimeType: 'text/csv', buffer: Buffer.from(deals.join('\n') + '\n') };

test('a rep sees how fresh the sources are, and no more', async ({ as }) => {
  const page = await as('rep');
  await page.goto('/data');
  await expect(page.getByRole('row', { name: /crm/ })).toContainText('Up to date');
  await expect(page.getByRole('button', { name: /^Load \w+ now/ })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Check' })).toHaveCount(0);
  await expectAccessible(page);
});

test('rows that were kept out say what is wrong, what to write instead, and what they were', async ({ as }) => {
  const page = await as('administrator');
  await page.goto('/data');
  await page.getByRole('row', { name: /crm/ }).getByRole('link').click();
  const rows = page.getByRole('table', { name: 'Kept out' }).getByRole('row');
  await expect(rows.filter({ hasText: 'is no date' })).toContainText('A date that exists');
  await rows
    .filter({ hasText: 'is no date' })
    .getByRole('button', { name: /Show the row/ })
    .click();
  await expect(page.getByRole('dialog')).toContainText('Opportunity ID');
  await expectAccessible(page);
});

test('loads and findings are told', async ({ as }) => {
  const page = await as('administrator');
  await page.goto('/data?view=loads');
  await expect(page.getByRole('table', { name: 'Loads' }).getByRole('row')).not.toHaveCount(1);
  await page.getByRole('button', { name: 'Check' }).click();
  await expect(page.getByRole('table', { name: 'Check' })).toContainText('Warning');
  await expectAccessible(page);
});

test('a source is loaded from the page', async ({ as, own }) => {
  const page = await as('administrator', own);
  await page.goto(`${own.url}/data`);
  await page.getByRole('button', { name: 'Load orders now' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'orders:' })).toContainText(/nothing new|kept out/);
});

test('a file is brought, mapped, tried and loaded', async ({ as, own }) => {
  const page = await as('administrator', own);
  await page.goto(`${own.url}/data`);
  await page.getByRole('button', { name: 'Add a file' }).click();
  await page.getByLabel('What the source is called').fill('Fair!');
  await expect(page.getByText('Small letters, digits, - and _ only.')).toBeVisible();
  await page.getByLabel('What the source is called').fill('fair');
  await page.getByLabel('Drop files here').setInputFiles(file);
  await page.getByRole('button', { name: 'Continue' }).click();

  await expect(page.getByRole('row', { name: /^Amount/ })).toContainText('number');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Continue' }).click();

  const entry = page.getByRole('region', { name: 'fair.csv becomes deals' });
  await expect(entry.getByLabel('Owner')).toHaveValue('Owner');
  await entry.getByLabel('Add a field').selectOption('source');
  await entry.getByLabel('Source', { exact: true }).selectOption('Stage');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Continue' }).click();

  await expect(page.getByRole('row', { name: /^deals/ })).toContainText('61');
  await expect(page.getByRole('row', { name: /line 3/ })).toContainText('31.31.2026');
  expect(existsSync(join(own.folder, 'sources/fair.yaml'))).toBe(false);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Write the mapping and load' }).click();

  await expect(page.getByRole('row', { name: /^fair/ })).toContainText('Up to date');
  expect(readFileSync(join(own.folder, 'sources/fair.yaml'), 'utf8')).toContain('source: Stage');
  const answer = await page.request.get(`${own.url}/api/v1/ask?kpi=revenue&period=2026-02&where=source='Won'`);
  expect((await answer.json()).rows[0].value).toBe(1000.5);
});

test('a mapping with SQL of its own is refused, and nothing is written', async ({ as, own }) => {
  const page = await as('administrator', own);
  await page.goto(`${own.url}/data?view=add`);
  await page.getByLabel('What the source is called').fill('fair');
  await page.getByLabel('Drop files here').setInputFiles(file);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Say what they are' }).click();
  await page.getByText('The mapping as text').click();
  const text = page.getByRole('textbox', { name: 'The mapping as text' });
  await text.fill(
    (await text.inputValue()).replace('from: fair', "from: fair\n    where: (SELECT count(*) FROM read_text('/etc/passwd')) > 0"),
  );
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('alert')).toContainText('was not proposed');
  expect(existsSync(join(own.folder, 'sources/fair.yaml'))).toBe(false);
});

test('a source whose file is broken says so', async ({ as, own }) => {
  writeFileSync(
    join(own.folder, 'sources/broken.yaml'),
    'source: broken\ntables: {a: {file: a.csv}}\nmap:\n  - to: nothing\n    from: a\n',
  );
  const page = await as('administrator', own);
  await page.goto(`${own.url}/data`);
  await expect(page.getByRole('row', { name: /broken/ })).toContainText('has a mistake');
});
