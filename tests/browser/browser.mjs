// Debian's Chromium on pages from disk: what a page says to the console, asks of the network, or pops up is kept.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const FOLDER = process.env.INNOEVAL_PAGES;
export const PHONE = { width: 375, height: 740 };
export const DESK = { width: 1280, height: 800 };
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const QUIET = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: QUIET });

// Opens a page; `seen` gets everything that it should not do.
export async function open(browser, name, { scheme = "light", viewport = DESK, scripts = true } = {}) {
  const context = await browser.newContext({ colorScheme: scheme, viewport, javaScriptEnabled: scripts, offline: true });
  const page = await context.newPage();
  const seen = [];
  page.on("console", (message) => seen.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => seen.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => { seen.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("popup", () => seen.push("popup"));
  page.on("request", (request) => {
    if (!request.url().startsWith("file:") || !request.isNavigationRequest()) seen.push(`request: ${request.url().slice(0, 80)}`);
  });
  await page.goto(pathToFileURL(join(FOLDER, name)).href);
  return { page, seen, close: () => context.close() };
}

// Violations of WCAG 2.2 AA, a line each, and what could not be told by a machine.
// The debugger puts axe into the page: the page's own policy lets no script in.
export async function examined(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: AXE });
  const { result } = await session.send("Runtime.evaluate", {
    expression: `axe.run({ runOnly: ${JSON.stringify(TAGS)} }).then((found) => {
      const told = (rules) => rules.flatMap((rule) => rule.nodes.map((node) => rule.id + " at " + node.target + ": " + node.failureSummary));
      return JSON.stringify({ violations: told(found.violations), open: told(found.incomplete), passes: found.passes.length });
    })`,
    awaitPromise: true,
    returnByValue: true,
  });
  return JSON.parse(result.value);
}

// Milliseconds from a click (or a change) until what it does is painted: `there` says when it is done.
export function painted(page, selector, { change = null, there = "body" } = {}) {
  return page.evaluate(
    ([selector, change, there]) =>
      new Promise((done) => {
        const target = document.querySelector(selector);
        const start = performance.now();
        if (change === null) target.click();
        else {
          target.value = change;
          target.dispatchEvent(new Event(target.localName === "select" ? "change" : "input", { bubbles: true }));
        }
        // A frame that begins after the one that shows it: by then it has been painted.
        const look = () => requestAnimationFrame(document.querySelector(there) ? () => done(performance.now() - start) : look);
        requestAnimationFrame(look);
      }),
    [selector, change, there],
  );
}

export const median = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
