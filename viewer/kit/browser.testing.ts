/** For tests of pages: Debian's chromium, which CI has to have. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

const isThere = spawnSync('chromium', ['--version']).error === undefined;

/** Like `describe`; skipped where there is no chromium, unless that is CI. */
export function describeInChromium(name: string, tests: () => void): void {
  if (process.env.CI === 'true') {
    test('chromium is there, as CI asks', () => expect(isThere).toBe(true));
  }
  const title = `${name}, in chromium (Debian: apt install chromium)`;
  (isThere ? describe : describe.skip)(title, tests);
}

export function launchChromium(): Promise<Browser> {
  const { stdout } = spawnSync('which', ['chromium'], { encoding: 'utf8' });
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: stdout.trim(), args });
}

/** What axe finds wrong with a page as it is: the rule, and the elements. */
export async function axeViolations(page: Page): Promise<[rule: string, elements: string[]][]> {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const result = await page.evaluate('axe.run()');
  const { violations } = result as { violations: { id: string; nodes: { html: string }[] }[] };
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
}
