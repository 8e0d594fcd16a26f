import { expect, expectAccessible, test, type Role } from './attain';

const roles: Role[] = ['rep', 'leader', 'manager', 'executive', 'marketing', 'finance', 'coach', 'administrator'];
for (const role of roles)
  test(`${role} opens today`, async ({ as }) => {
    const page = await as(role);
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible(page);
  });
