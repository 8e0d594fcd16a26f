/** What axe-core finds wrong in a page. The server's policy lets in no script but its own, so the browser's own tools run it. */
import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

interface Found {
  violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
}

/** In few words: the rule, where, and what would mend it. */
export async function violations(page: Page): Promise<string[]> {
  const tools = await page.context().newCDPSession(page);
  await tools.send('Runtime.evaluate', { expression: source });
  const { result } = await tools.send('Runtime.evaluate', {
    expression: `axe.run({ runOnly: ${JSON.stringify(RULES)} })`,
    awaitPromise: true,
    returnByValue: true,
  });
  await tools.detach();
  return (result.value as Found).violations.flatMap((one) =>
    one.nodes.map((node) => `${one.id}: ${node.target.join(' ')}: ${node.failureSummary}`),
  );
}
