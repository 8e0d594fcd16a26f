import { expect, expectAccessible, test } from './attain';
import { readFileSync } from 'node:fs';

test('the funnel says of each stage how many entered, went on and were lost, as the API does', async ({ as }) => {
  const page = await as('manager');
  await page.goto('/funnel');
  const stages = page.getByRole('region', { name: 'From stage to stage' });
  await expect(stages.getByText(/Fewest go on from/)).toBeVisible();
  const answer = await page.request.get('/api/v1/ask?kpi=stage_conversion&by=stage');
  const { rows } = await answer.json();
  for (const { members, n, numerator } of rows) {
    const row = stages.getByRole('row').filter({ has: page.getByRole('rowheader', { name: members.stage }) });
    await expect(row.getByRole('button', { name: new RegExp(`^${n}[^\\d%]`) })).not.toHaveCount(0);
    const became = row.getByRole('img', { name: new RegExp(`Went on ${numerator}, `) });
    await expect(became).toBeVisible();
    const parts = [...((await became.getAttribute('aria-label')) ?? '').matchAll(/ (\d+), /g)].map(([, many]) => Number(many));
    expect(parts.reduce((all, many) => all + many, 0)).toBe(n);
  }
  await expectAccessible(page);
});

test('what was lost at a stage opens the deals behind it', async ({ as }) => {
  const page = await as('manager');
  await page.goto('/funnel?period=last-quarter');
  const asked = page.waitForRequest((request) => request.url().includes('/records?') && request.url().includes('outcome'));
  await page
    .getByRole('button', { name: /Lost or given up in Proposal/ })
    .first()
    .click();
  await asked;
  await expect(page.getByRole('dialog', { name: 'Lost or given up in Proposal' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('a funnel of one source is in the address, and a link shows it again', async ({ as }) => {
  const page = await as('executive');
  await page.goto('/funnel');
  await page.getByRole('group', { name: 'By' }).getByRole('button', { name: 'Source' }).click();
  const members = page.getByRole('region', { name: 'How many go on, by source' });
  const link = members.getByRole('link').first();
  const source = (await link.textContent()) ?? '';
  await link.click();
  await expect(page.getByText(`source = '${source}'`)).toBeVisible();
  const other = await as('manager');
  await other.goto(new URL(page.url()).pathname + new URL(page.url()).search);
  await expect(other.getByText(`source = '${source}'`)).toBeVisible();
  await other.getByRole('button', { name: 'Show all' }).click();
  await expect(other).not.toHaveURL(/where=/);
});

test('the export of the funnel has the numbers of the page', async ({ as }) => {
  const page = await as('manager');
  await page.goto('/funnel');
  await page.getByText('Export', { exact: true }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
  const lines = readFileSync(await file.path(), 'utf8')
    .trim()
    .split('\n');
  const stages = page.getByRole('region', { name: 'From stage to stage' });
  for (const line of lines.filter((one) => one.startsWith('stage_conversion,') && !one.includes('(all)')))
    await expect(stages.getByRole('rowheader', { name: line.split(',')[1]! })).toBeVisible();
});

test('a rep sees the funnel of their own deals', async ({ as }) => {
  const page = await as('rep');
  await page.goto('/funnel?by=rep&period=this-year');
  await expect(page.getByRole('heading', { level: 1, name: 'Funnel' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'How many go on, by person' }).getByRole('rowheader')).toHaveCount(1);
});
