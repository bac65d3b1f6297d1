// Claims that hold markup, scripts, formulas, other scripts' letters and endless words: shown, never obeyed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readdirSync } from "node:fs";
import { FOLDER, PHONE, launch, open } from "./browser.mjs";

let browser;
before(async () => { browser = await launch(); });
after(() => browser.close());

test("every row and every summary of hostile claims is text", async () => {
  const { page, seen, close } = await open(browser, "hostile.html");
  const buttons = await page.locator("#table > tbody > tr[id^=c] button").all();
  assert.equal(buttons.length, 18);
  for (const button of buttons) await button.click();
  await page.waitForFunction(() => document.querySelectorAll(".detail").length === 18);
  for (const word of ["alert", "<img", "onload", "=cmd", "خدمة"]) {
    await page.getByLabel("Search").fill(word);
    await page.waitForTimeout(350);
    assert.match(await page.textContent("#count"), /[1-9]\d* of 18 claims match/);
  }
  await page.click("#clear");
  // One script of the page's own, one of data, one of summaries: claims brought no element with them.
  assert.equal(await page.locator("script").count(), 3);
  assert.equal(await page.locator("body img, iframe, object, embed, form, base, link, [onerror], [onload]").count(), 0);
  assert.equal(await page.locator("h1").count(), 1);
  assert.equal(await page.locator("h1").textContent(), "</script><script>alert(2)</script>");
  assert.deepEqual(seen, []);
  await close();
});

test("the policy of the page lets nothing else in", async () => {
  const { page, seen, close } = await open(browser, "hostile.html");
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    return fetch("https://example.org/").catch(() => null);
  });
  assert.equal(await page.evaluate(() => window.ran), undefined);
  assert.ok(seen.length >= 2);
  assert.ok(seen.every((said) => /Content Security Policy|CSP/.test(said)), seen.join("\n"));
  await close();
});

for (const name of readdirSync(FOLDER).filter((file) => file.startsWith("brief-"))) {
  test(`${name} runs and asks for nothing`, async () => {
    const { page, seen, close } = await open(browser, name, { viewport: PHONE });
    assert.equal(await page.locator("script").count(), 0);
    assert.deepEqual(seen, []);
    await close();
  });
}
