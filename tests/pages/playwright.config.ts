/** The pages in Debian's Chromium, over the simulated company (company.ts). ATTAIN is the program. */
import { defineConfig } from '@playwright/test';
import { CHROMIUM } from './demo.mjs';

export default defineConfig({
  testDir: '.',
  outputDir: process.env.PAGES_OUTPUT ?? '../../build/pages',
  globalSetup: './company.ts',
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  reporter: 'list',
  timeout: 180_000, // a machine that does much else is slow, not wrong
  expect: { timeout: 60_000 },
  use: {
    browserName: 'chromium',
    launchOptions: CHROMIUM,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
});
