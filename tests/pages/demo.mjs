/** The simulated company and a server of it, for the specs, bench/pages.mjs and tools/pictures.mjs. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

/** The clock of the company and its servers: a day that stays the same. */
export const NOW = '2026-11-20T09:00';
const UNTIL = '2026-11-19';

/**
 * Makes the company in a new folder.
 * @param {string} attain the program
 * @param {string} folder
 * @param {string[]} options of `attain demo`
 * @returns {{ users: Record<string, string>, password: string }} what each role signs in with, and the password of all
 */
export function makeCompany(attain, folder, options = []) {
  const said = execFileSync(attain, ['--now', NOW, 'demo', folder, '--until', UNTIL, '--users', ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const users = Object.fromEntries([...said.matchAll(/^ {2}(\w+) +(\S+@\S+)$/gm)].map(([, role, user]) => [role, user]));
  return { users, password: /password {2}(\S+)/.exec(said)[1] };
}

/**
 * A server of a workspace, at a port of its own. PRELOAD is loaded before it.
 * @param {string} attain
 * @param {string} folder
 * @param {number} port 0: any that is free
 * @returns {Promise<{ url: string, end: () => Promise<void> }>}
 */
export async function serve(attain, folder, port = 0) {
  const env = { ...process.env, ...(process.env.PRELOAD ? { LD_PRELOAD: process.env.PRELOAD } : {}) };
  const server = spawn(attain, ['-C', folder, '--now', NOW, 'serve', '--listen', `127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  const url = await new Promise((resolve, reject) => {
    let said = '';
    server.stdout.on('data', (chunk) => {
      said += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said);
      if (found) resolve(found[0]);
    });
    server.on('exit', () => reject(new Error(`the server ended: ${said}`)));
  });
  return {
    url,
    async end() {
      if (server.exitCode !== null) return;
      server.kill('SIGTERM');
      await once(server, 'exit');
    },
  };
}

/** How Debian's Chromium is started; nothing is fetched for it. */
export const CHROMIUM = { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] };
