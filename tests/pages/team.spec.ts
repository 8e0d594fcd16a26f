import { expect, expectAccessible, test } from './attain';

/** The team that a leader leads. */
async function teamOf(page: import('@playwright/test').Page): Promise<string> {
  const me = await (await page.request.get('/api/v1/me')).json();
  const { people, teams } = await (await page.request.get('/api/v1/organisation')).json();
  const { team } = people.find((one: { name: string }) => one.name === me.person);
  return teams.find((one: { team: number }) => one.team === team).name;
}

test('a leader sees their team: its numbers, its people, its targets and how it changed', async ({ as }) => {
  const page = await as('leader');
  const team = await teamOf(page);
  await page.goto(`/team/${encodeURIComponent(team)}`);
  await expect(page.getByRole('heading', { level: 1, name: team })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Targets' })).toContainText(team);
  await expect(page.getByRole('region', { name: 'How the team changed' })).toContainText('joined');
  const people = page.getByRole('region', { name: 'People' });
  await expect(people.getByRole('rowheader')).not.toHaveCount(0);
  await expectAccessible(page);
});

test('from a team to a person and back', async ({ as }) => {
  const page = await as('leader');
  const team = await teamOf(page);
  await page.goto(`/team/${encodeURIComponent(team)}?period=last-quarter`);
  const link = page.getByRole('region', { name: 'People' }).getByRole('rowheader').getByRole('link').last();
  const name = (await link.textContent())!;
  await link.click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page).toHaveURL(/period=last-quarter/);
  await page.getByRole('link', { name: team }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: team })).toBeVisible();
});

test('people are sorted by a KPI', async ({ as }) => {
  const page = await as('leader');
  await page.goto(`/team/${encodeURIComponent(await teamOf(page))}`);
  const people = page.getByRole('region', { name: 'People' });
  await people.getByRole('button', { name: 'Win rate', exact: true }).click();
  await expect(people.getByRole('columnheader', { name: 'Win rate' })).toHaveAttribute('aria-sort', 'descending');
  await expect(page).toHaveURL(/people=win_rate\.down/);
});

test('a rep does not see another team', async ({ as }) => {
  const [rep, executive] = [await as('rep'), await as('executive')];
  const own = await teamOf(rep);
  const { teams } = await (await executive.request.get('/api/v1/organisation')).json();
  const other = teams.find((one: { name: string; level: string }) => one.level === 'team' && one.name !== own).name;
  await rep.goto(`/team/${encodeURIComponent(other)}`);
  await expect(rep.getByRole('heading', { name: `You do not see a team called ${other}` })).toBeVisible();
});
