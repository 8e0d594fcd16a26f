/**
 * What the specs share: pages that somebody is signed in to, by role, of the company of all tests or of one's own.
 *
 *     test('a leader sees their team', async ({ as }) => {
 *       const page = await as('leader');
 *       await page.goto('/');
 *     });
 */
import { violations } from './axe';
import { test as base, expect, request, type Page } from '@playwright/test';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { serve } from './demo.mjs';

export type Role = 'rep' | 'leader' | 'manager' | 'executive' | 'marketing' | 'finance' | 'coach' | 'administrator';

interface Company {
  url: string;
  folder: string;
  users: Record<Role, string>;
  password: string;
}

const company = (): Company => JSON.parse(process.env.PAGES_COMPANY!);

/** A server with a copy of the company, for who changes what others would see. */
export interface Own {
  url: string;
  folder: string;
  end: () => Promise<void>;
  /** At the same address. */
  restart: () => Promise<void>;
}

interface Fixtures {
  /** A page of the role's user. What the browser complains of fails the test. */
  as: (role: Role, of?: { url: string }) => Promise<Page>;
  own: Own;
}

/** The browser's complaints; answers that are refused on purpose are asserted by the test itself. */
function listen(page: Page, complaints: string[]) {
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
  });
}

export const test = base.extend<Fixtures>({
  as: async ({ browser }, use) => {
    const complaints: string[] = [];
    const { users, password, url: shared } = company();
    const contexts: { close: () => Promise<void> }[] = [];
    await use(async (role, of) => {
      const baseURL = of?.url ?? shared;
      const asking = await request.newContext({ baseURL });
      const answer = await asking.post('/api/v1/session', { data: { user: users[role], password } });
      expect(answer.status()).toBe(200);
      const context = await browser.newContext({ baseURL, storageState: await asking.storageState() });
      await asking.dispose();
      contexts.push(context);
      const page = await context.newPage();
      listen(page, complaints);
      return page;
    });
    for (const context of contexts) await context.close();
    expect(complaints).toEqual([]);
  },
  own: async ({}, use, info) => {
    const folder = join(company().folder, `own-${info.testId}-${info.retry}`);
    cpSync(join(company().folder, 'untouched'), folder, { recursive: true });
    let server = await serve(process.env.ATTAIN!, folder);
    const own: Own = {
      folder,
      url: server.url,
      end: () => server.end(),
      async restart() {
        await server.end();
        server = await serve(process.env.ATTAIN!, folder, Number(new URL(own.url).port));
      },
    };
    await use(own);
    await server.end();
  },
});

/** Nothing that WCAG 2.2 AA forbids, as far as a program can tell. */
export async function expectAccessible(page: Page) {
  expect(await violations(page)).toEqual([]);
}

export { expect };
