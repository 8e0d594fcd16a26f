import { expect, expectAccessible, test } from './attain';

test('the waterfall has the steps of the API, and they come to the end', async ({ as }) => {
  const page = await as('manager');
  await page.goto('/pipeline');
  const steps = page.getByRole('region', { name: 'How it came from its start to its end' });
  for (const name of ['At the start', 'New', 'Moved in', 'Grown', 'Shrunk', 'Pushed out', 'Won', 'Lost', 'Now'])
    await expect(steps.getByRole('rowheader', { name, exact: true })).toBeVisible();
  const answer = await page.request.get('/api/v1/ask?kpi=pipeline_waterfall');
  const { rows } = await answer.json();
  const value = (kpi: string) => rows.find((row: { kpi: string }) => row.kpi === `waterfall_${kpi}`).value;
  const end = value('start') + value('new') + value('pulled_in') + value('raised');
  expect(end - value('lowered') - value('pushed') - value('won') - value('lost')).toBeCloseTo(value('end'), 1);
  const won = Math.round(value('won')).toLocaleString('en-US');
  await expect(steps.getByRole('button', { name: new RegExp(won) })).toBeVisible();
  await expectAccessible(page);
});

test('open deals by age and stage come to all of them', async ({ as }) => {
  const page = await as('manager');
  await page.goto('/pipeline');
  const ages = page.getByRole('region', { name: 'Age', exact: true });
  const whole = ages.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'All', exact: true }) });
  const answer = await page.request.get('/api/v1/ask?kpi=open_deals');
  const { rows } = await answer.json();
  await expect(whole.getByRole('button', { name: new RegExp(`^${rows[0].value}[^\\d].*Open deals, All`) })).toBeVisible();
});

test('slipped and untouched deals lead to who has them and to all of them', async ({ as }) => {
  const page = await as('executive');
  await page.goto('/pipeline');
  const untouched = page.getByRole('region', { name: 'Untouched', exact: true });
  await expect(untouched.getByRole('link', { name: 'All of them' })).toHaveAttribute('href', /\/kpi\/untouched_deals/);
  await untouched.getByRole('table').getByRole('link').first().click();
  await expect(page).toHaveURL(/\/person\//);
});

test('a deal that is put in shows without reload, and the page keeps its place', async ({ as, own }) => {
  const [page, administrator] = [await as('executive', own), await as('administrator', own)];
  await page.goto('/pipeline');
  const pipeline = page.getByRole('region', { name: 'Where it stands' }).getByRole('button', { name: /Open pipeline/ });
  await expect(pipeline).toBeVisible();
  const before = await pipeline.textContent();
  await page.getByRole('region', { name: 'Untouched', exact: true }).scrollIntoViewIfNeeded();
  const place = await page.evaluate(() => scrollY);
  const { csrf } = await (await administrator.request.get('/api/v1/me')).json();
  const put = await administrator.request.put('/api/v1/records/opportunity/LIVE-1?source=crm', {
    headers: { 'X-Attain-CSRF': csrf, Origin: own.url },
    data: {
      name: 'A thousand vans',
      stage: 'Qualification',
      outcome: 'open',
      amount: 90_000_000,
      currency: 'EUR',
      created_at: '2026-11-19T09:00:00Z',
    },
  });
  expect(put.status(), await put.text()).toBeLessThan(300);
  await expect.poll(() => pipeline.textContent()).not.toBe(before);
  expect(await page.evaluate(() => scrollY)).toBe(place);
});
