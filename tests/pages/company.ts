/** The simulated company of the tests, made once, and a server of it for all of them. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from './server';

export const NOW = '2026-11-20T09:00';
const OPTIONS = ['--people', '40', '--deals', '3000', '--until', '2026-11-19', '--users'];

export default async function () {
  const folder = mkdtempSync(join(tmpdir(), 'attain-pages-'));
  const company = join(folder, 'company');
  const said = execFileSync(process.env.ATTAIN!, ['--now', NOW, 'demo', company, ...OPTIONS], { encoding: 'utf8' });
  const users = Object.fromEntries([...said.matchAll(/^ {2}(\w+) +(\S+@\S+)$/gm)].map(([, role, user]) => [role, user]));
  // A copy for tests that write what others would see.
  execFileSync('cp', ['-r', company, join(folder, 'untouched')]);
  const server = await serve(company, NOW);
  process.env.PAGES_COMPANY = JSON.stringify({ url: server.url, folder, users, password: said.match(/password {2}(\S+)/)![1] });
  return async () => {
    await server.end();
    rmSync(folder, { recursive: true });
  };
}
