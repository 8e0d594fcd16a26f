import { expect, expectAccessible, test } from './attain';

test('a KPI tells its number, its target, what moved it, how it is defined and what it is counted from', async ({ as }) => {
  const page = await as('executive');
  await page.goto('/kpi/revenue');
  await expect(page.getByRole('heading', { level: 1, name: 'Revenue (bookings)' })).toBeVisible();
  await expect(page.getByRole('img', { name: /Revenue \(bookings\), 9 periods/ })).toBeVisible();
  await expect(page.getByText('Attained')).toBeVisible();
  await expect(page.getByRole('region', { name: 'What moved it' }).getByRole('row')).not.toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Definition' })).toContainText(
    "sum(opportunity.amount where outcome = 'won' on closed_at)",
  );
  await expect(page.getByRole('region', { name: 'Who uses it' })).toContainText('managers, reps, finance');
  await expect(page.getByRole('region', { name: 'The records' }).getByRole('row')).toHaveCount(26);
  await expectAccessible(page);
});

test('what a reader chooses is in the address, and a link shows it again', async ({ as }) => {
  const page = await as('executive');
  await page.goto('/kpi/win_rate');
  await page.getByRole('combobox', { name: 'By' }).selectOption('rep');
  await page.getByRole('combobox', { name: 'Period' }).selectOption('last-quarter');
  await page.getByRole('combobox', { name: 'Compare with' }).selectOption('year-ago');
  await page.getByRole('group', { name: 'A point for each' }).getByRole('button', { name: 'Month' }).click();
  await page.getByRole('button', { name: 'Rests on', exact: true }).click();
  await expect(page).toHaveURL(/by=rep.*period=last-quarter.*compare=year-ago.*grain=month.*parts=n\.down/);
  const other = await as('manager');
  await other.goto(new URL(page.url()).pathname + new URL(page.url()).search);
  await expect(other.getByRole('img', { name: /Win rate, 13 periods/ })).toBeVisible();
  await expect(other.getByRole('columnheader', { name: 'Rests on' })).toHaveAttribute('aria-sort', 'descending');
});

test('the parts of a change come to it', async ({ as }) => {
  const page = await as('executive');
  await page.goto('/kpi/win_rate?by=team');
  const parts = page.getByRole('region', { name: 'What moved it' });
  await expect(parts).toContainText('By doing better or worse');
  const answer = await page.request.get('/api/v1/decompose?kpi=win_rate&by=team');
  const { members } = await answer.json();
  for (const { member } of members) await expect(parts.getByRole('rowheader', { name: member })).toBeVisible();
});

test('a change that has no parts says why', async ({ as }) => {
  const page = await as('executive');
  await page.goto('/kpi/sales_cycle?by=rep');
  await expect(page.getByRole('region', { name: 'What moved it' })).toContainText('cannot be split by rep');
});

test('one member of a KPI is looked at, and all again', async ({ as }) => {
  const page = await as('executive');
  await page.goto(`/kpi/revenue?where=${encodeURIComponent("team = 'DACH 1'")}`);
  await expect(page.getByText('Only DACH 1')).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(page.getByText('Only DACH 1')).toHaveCount(0);
});

test('the records come in pages', async ({ as }) => {
  const page = await as('executive');
  await page.goto('/kpi/revenue?period=last-quarter');
  const records = page.getByRole('region', { name: 'The records' });
  await expect(records.getByRole('rowheader')).toHaveCount(25);
  const first = await records.getByRole('rowheader').allTextContents();
  await records.getByRole('button', { name: 'Next page' }).click();
  await expect(records.getByRole('button', { name: 'First page' })).toBeEnabled();
  await expect
    .poll(async () => (await records.getByRole('rowheader').allTextContents()).filter((one) => first.includes(one)).length)
    .toBeLessThan(first.length);
});

test('the breakdown is exported as it is shown', async ({ as }) => {
  const page = await as('executive');
  await page.goto('/kpi/win_rate?by=team');
  await expect(
    page.getByRole('region', { name: 'Who and what it is made of' }).getByRole('rowheader', { name: 'Nordics 1' }),
  ).toBeVisible();
  await page.getByText('Export', { exact: true }).click();
  const href = await page.getByRole('link', { name: 'CSV' }).getAttribute('href');
  const csv = await (await page.request.get(href!)).text();
  expect(csv).toContain('win_rate,Nordics 1,');
});

test('the picture is saved as a PNG', async ({ as }) => {
  const page = await as('executive');
  await page.goto('/kpi/revenue');
  await expect(page.getByRole('img', { name: /9 periods/ })).toBeVisible();
  await page.getByText('Export', { exact: true }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Picture (PNG)' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.png$/);
});

test('there is no KPI of that name', async ({ as }) => {
  const page = await as('rep');
  await page.goto('/kpi/no_such_thing');
  await expect(page.getByRole('heading', { name: 'There is no KPI called no_such_thing' })).toBeVisible();
  await expectAccessible(page);
});
