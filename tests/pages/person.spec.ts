import { expect, expectAccessible, test } from './attain';

interface Me {
  person: string;
  sees: string;
}

test('a rep sees their own page', async ({ as }) => {
  const page = await as('rep');
  const me: Me = await (await page.request.get('/api/v1/me')).json();
  await page.goto(`/person/${encodeURIComponent(me.person)}`);
  await expect(page.getByRole('heading', { level: 1, name: me.person })).toBeVisible();
  await expect(page.getByRole('region', { name: /^Scorecard of/ }).getByRole('rowheader', { name: 'Win rate' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Activity beside outcome' })).toContainText('Meetings held');
  await expect(page.getByRole('region', { name: /^Changes since/ })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Targets' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'History' })).toContainText('Joined the company');
  await expect(page.getByRole('region', { name: 'As reported' })).toBeVisible();
  await expectAccessible(page);
});

test('a rep does not see a colleague, and is told so', async ({ as }) => {
  const [rep, manager] = [await as('rep'), await as('executive')];
  const me: Me = await (await rep.request.get('/api/v1/me')).json();
  const { people } = await (await manager.request.get('/api/v1/organisation')).json();
  const other = people.find(
    (one: { name: string; role: string; left: string | null }) => one.role === 'rep' && !one.left && one.name !== me.person,
  );
  await rep.goto(`/person/${encodeURIComponent(other.name)}`);
  await expect(rep.getByRole('heading', { name: `You do not see anybody called ${other.name}` })).toBeVisible();
  await expect(rep.getByText('You see your own numbers, and those of nobody else.')).toBeVisible();
  await expectAccessible(rep);
  await rep.getByRole('link', { name: 'To your own page' }).click();
  await expect(rep.getByRole('heading', { level: 1, name: me.person })).toBeVisible();
});

test('a number of a person is explained for them alone', async ({ as }) => {
  const page = await as('rep');
  const me: Me = await (await page.request.get('/api/v1/me')).json();
  await page.goto(`/person/${encodeURIComponent(me.person)}`);
  await page
    .getByRole('region', { name: /^Scorecard of/ })
    .getByRole('button', { name: /how Win rate came to be/ })
    .click();
  const sheet = page.getByRole('dialog', { name: 'Win rate' });
  await expect(sheet).toContainText(me.person);
  await expect(sheet).toContainText('won_deals / decided_deals');
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
});

test('activity is shown by month, and the address keeps it', async ({ as }) => {
  const page = await as('rep');
  const me: Me = await (await page.request.get('/api/v1/me')).json();
  await page.goto(`/person/${encodeURIComponent(me.person)}`);
  await page.getByRole('group', { name: 'A point for each' }).getByRole('button', { name: 'Month' }).click();
  await expect(page).toHaveURL(/rhythm=month/);
  await expect(page.getByRole('region', { name: 'Activity beside outcome' })).toContainText('this month so far');
});

test('a won deal changes the page of who won it, without leaving the place', async ({ as, own }) => {
  const [rep, administrator] = [await as('rep', own), await as('administrator', own)];
  const me: Me = await (await rep.request.get('/api/v1/me')).json();
  await rep.goto(`/person/${encodeURIComponent(me.person)}`);
  const revenue = rep.getByRole('region', { name: /^Scorecard of/ }).getByRole('row', { name: /Revenue/ });
  await expect(revenue).toBeVisible();
  const before = await revenue.textContent();
  await rep.getByRole('region', { name: 'As reported' }).scrollIntoViewIfNeeded();
  const place = await rep.evaluate(() => scrollY);
  const { csrf } = await (await administrator.request.get('/api/v1/me')).json();
  const { people } = await (await administrator.request.get('/api/v1/organisation')).json();
  const { id } = people.find((one: { name: string }) => one.name === me.person);
  const put = await administrator.request.put('/api/v1/records/opportunity/WON-1?source=crm', {
    headers: { 'X-Attain-CSRF': csrf, Origin: own.url },
    data: {
      name: 'A hundred vans',
      amount: 750000,
      currency: 'EUR',
      owner: id,
      stage: 'Closed Won',
      outcome: 'won',
      created_at: '2026-11-02T09:00:00Z',
      closed_at: '2026-11-20T07:00:00Z',
    },
  });
  expect(put.status(), await put.text()).toBeLessThan(300);
  await expect.poll(() => revenue.textContent()).not.toBe(before);
  expect(await rep.evaluate(() => scrollY)).toBe(place);
});
