/** The company of all specs, made once, and its server. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCompany, serve } from './demo.mjs';

export default async function () {
  const attain = process.env.ATTAIN!;
  const folder = mkdtempSync(join(tmpdir(), 'attain-pages-'));
  const company = join(folder, 'company');
  const made = makeCompany(attain, company, ['--people', '40', '--deals', '3000']);
  // For specs that write what others would see.
  cpSync(company, join(folder, 'untouched'), { recursive: true });
  const server = await serve(attain, company);
  process.env.PAGES_COMPANY = JSON.stringify({ url: server.url, folder, ...made });
  return async () => {
    await server.end();
    rmSync(folder, { recursive: true });
  };
}
