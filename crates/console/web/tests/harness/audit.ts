// What is wrong with a page as it is shown: rules of accessibility that it breaks, text that is cut off, words of another language.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What of axe is asked here. */
interface Axe {
  run(on: Document, how: object): Promise<{ violations: { id: string; nodes: { html: string; any: { message: string }[]; all: { message: string }[]; none: { message: string }[] }[] }[] }>;
}

/** The rules of WCAG 2.2 AA that a page breaks, as axe finds them: a line for each place. */
export async function violations(page: Page): Promise<string[]> {
  // evaluated by the browser's own door: a page's policy lets no script in that it did not bring
  await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const { axe } = window as unknown as { axe: Axe };
    const { violations: found } = await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
    return found.flatMap(({ id, nodes }) => nodes.map(({ html, any, all, none }) => `${id}: ${html.slice(0, 200)} (${[...any, ...all, ...none].map(({ message }) => message).join("; ").slice(0, 200)})`));
  }, RULES);
}

/**
 * Text that is cut off: it is wider than its place, or stands above or below what an element around it shows, which neither scrolls, unless it is
 * a head, nor says the whole where it ends in dots (`title`). What is hidden on purpose, for those who listen, is none.
 */
export async function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const holdsText = (element: Element): boolean => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? "").trim() !== "");
    const found: string[] = [];
    /** The element around a text that shows only part of its height; absent: all of it is seen, or scrolled to. */
    const clipping = (element: HTMLElement, text: DOMRect): Element | undefined => {
      for (let around: HTMLElement | null = element; around !== null; around = around.parentElement) {
        const { overflowY, position } = getComputedStyle(around);
        // a head is read at a glance: nobody scrolls one
        const scrolls = (overflowY === "auto" || overflowY === "scroll") && around.tagName !== "HEADER";
        if (scrolls || position === "fixed") return undefined;
        const { top, bottom } = around.getBoundingClientRect();
        // what lies above and below the letters of a line is cut without harm
        if (overflowY !== "visible" && (text.bottom > bottom + 4 || text.top < top - 4)) return around;
      }
      return undefined;
    };
    for (const element of document.body.querySelectorAll<HTMLElement>("*")) {
      if (!holdsText(element) || element.clientWidth <= 1 || element.closest(".visually-hidden, svg, option, textarea, canvas") !== null) continue;
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      const within = document.createRange();
      within.selectNodeContents(element);
      const lower = clipping(element, within.getBoundingClientRect());
      if (lower !== undefined && element.closest('[title]:not([title=""])') === null) found.push(`<${lower.tagName.toLowerCase()} class="${lower.className}"> is too low: ${(element.textContent ?? "").trim().slice(0, 80)}`);
      const { overflowX, textOverflow } = getComputedStyle(element);
      if (overflowX === "auto" || overflowX === "scroll" || element.scrollWidth <= element.clientWidth + 1) continue;
      if (textOverflow === "ellipsis" && element.closest('[title]:not([title=""])') !== null) continue;
      found.push(`<${element.tagName.toLowerCase()} class="${element.className}"> ${element.scrollWidth} in ${element.clientWidth}: ${(element.textContent ?? "").trim().slice(0, 80)}`);
    }
    return found;
  });
}

/** Everything that a page says to whoever looks or listens, each text once. */
export async function texts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = new Set<string>();
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node !== null; node = walk.nextNode()) found.add((node.textContent ?? "").trim());
    for (const element of document.body.querySelectorAll("*")) {
      for (const name of ["aria-label", "title", "placeholder"]) found.add((element.getAttribute(name) ?? "").trim());
    }
    found.delete("");
    return [...found];
  });
}
