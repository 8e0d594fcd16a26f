import { expect, expectAccessible, test, type Own } from './attain';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';

const RULES = `rules:
  pipeline_thin:
    name: Pipeline too thin
    about: Ask marketing for the leads of the autumn fairs.
    kpi: open_pipeline
    who: company
    below: 900000000
    severity: critical
    to: [sink]
  win_rate_low:
    name: Win rate too low
    kpi: win_rate
    who: each team
    period: last-90-days
    below: 95%
    to: [sink]
`;

/** The company with two rules that fire, and a channel that takes nothing. */
async function firing(own: Own, administrator: () => Promise<Page>): Promise<Page> {
  mkdirSync(join(own.folder, 'alerts'), { recursive: true });
  writeFileSync(join(own.folder, 'alerts', 'rules.yaml'), RULES);
  appendFileSync(join(own.folder, 'attain.yaml'), '\nalerts:\n  channels:\n    sink: {command: [/bin/false]}\n');
  await own.restart();
  const page = await administrator();
  const { csrf } = await (await page.request.get('/api/v1/me')).json();
  const judged = await page.request.post('/api/v1/alerts', { headers: { 'X-Attain-CSRF': csrf, Origin: own.url } });
  expect(judged.status()).toBe(200);
  return page;
}

test('without rules the page says how to have some', async ({ as }) => {
  const page = await as('manager');
  await page.goto('/alerts');
  await expect(page.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible();
  await expect(page.getByRole('heading', { name: /No rules yet|Nothing fires/ })).toBeVisible();
  await expectAccessible(page);
});

test('what fires is seen to, snoozed and woken, and all of it is in the history', async ({ as, own }) => {
  const page = await firing(own, () => as('administrator', own));
  await page.goto('/alerts');
  const thin = page.getByRole('region', { name: 'Pipeline too thin' });
  await expect(thin).toContainText('Ask marketing');
  await expect(thin.getByRole('link', { name: /Open pipeline/ })).toHaveAttribute('href', /\/kpi\/open_pipeline/);
  await thin.getByRole('button', { name: 'Answer Pipeline too thin, The company' }).click();
  await page.getByRole('textbox', { name: 'Reason' }).fill('Two fairs in December');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Say so' }).click();
  await expect(thin).toContainText('sees to it');

  const low = page.getByRole('region', { name: 'Win rate too low' });
  await low.getByRole('button', { name: 'Snooze all' }).click();
  await page.getByRole('combobox', { name: 'For' }).selectOption('1 week');
  await page.getByRole('button', { name: 'Say so' }).click();
  await expect(low.getByText(/asleep until/).first()).toBeVisible();
  await low.getByRole('button', { name: 'Wake all' }).click();
  await expect(low.getByText(/asleep until/)).toHaveCount(0);

  await page.getByRole('button', { name: 'History' }).click();
  const history = page.getByRole('region', { name: 'History' });
  for (const did of ['fired', 'somebody sees to it', 'snoozed', 'woken'])
    await expect(history.getByRole('cell', { name: did, exact: true }).first()).toBeVisible();
  await expectAccessible(page);
});

test('a rule is tried on the past, and messages wait for who may run the server', async ({ as, own }) => {
  const page = await firing(own, () => as('administrator', own));
  await page.goto('/alerts?view=rules');
  await page.getByRole('button', { name: 'Try Pipeline too thin on the past' }).click();
  await page.getByRole('combobox', { name: 'The last' }).selectOption('1');
  await expect(page.getByRole('region', { name: 'Pipeline too thin on the past' })).toContainText(/1 × fired/);
  await expect(page).toHaveURL(/rule=pipeline_thin.*months=1/);
  await page.getByRole('button', { name: 'Outbox' }).click();
  await expect(page.getByRole('region', { name: 'Outbox' })).toContainText('waiting');
  await expectAccessible(page);
  const manager = await as('manager', own);
  await manager.goto('/alerts?view=outbox');
  await expect(manager.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible();
  await expect(manager.getByRole('button', { name: 'Outbox' })).toHaveCount(0);
});
