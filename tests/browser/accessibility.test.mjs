// WCAG 2.2 AA by axe-core: every page, light and dark, on a desk and on a phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readdirSync } from "node:fs";
import { DESK, FOLDER, PHONE, examined, launch, open } from "./browser.mjs";

const briefs = readdirSync(FOLDER).filter((name) => name.startsWith("brief-"));
const cases = [
  ...["portfolio.html", "hostile.html", "notebook.html"].flatMap((name) =>
    [["light", DESK], ["dark", DESK], ["light", PHONE], ["dark", PHONE]].map((look) => [name, ...look])),
  ...briefs.flatMap((name, i) => [[name, "light", i % 2 ? DESK : PHONE], [name, "dark", i % 2 ? PHONE : DESK]]),
];
let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("there is a brief of every status", () => assert.equal(briefs.length, 7));

for (const [name, scheme, viewport] of cases) {
  test(`${name}, ${scheme}, ${viewport.width} px`, async () => {
    const { page, seen, close } = await open(browser, name, { scheme, viewport });
    const button = page.locator("#table tbody button").first();
    if (await button.count()) {
      await button.click();
      await page.locator(".detail .checks").first().waitFor();
    }
    const found = await examined(page);
    assert.deepEqual(found.violations, []);
    // Contrast of shapes such as ✓, and of what has been scrolled aside, is beyond axe; colours are computed in test_page.py.
    assert.deepEqual(found.open.filter((said) => !said.startsWith("color-contrast")), []);
    assert.ok(found.passes > 10, `only ${found.passes} rules had anything to look at`);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= viewport.width, `the page is ${width} px wide`);
    assert.deepEqual(seen, []);
    await close();
  });
}
