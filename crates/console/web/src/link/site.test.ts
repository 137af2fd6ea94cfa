// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

/** What the site serves: its build, and the page with its script; absent: it does not answer. */
let site: { build: string; script: string | undefined };

beforeEach(() => {
  site = { build: "b1", script: "/assets/index-1.js" };
  // in no document, so that nothing tries to load it
  const script = document.createElement("script");
  script.src = "/assets/index-1.js";
  vi.spyOn(document, "querySelectorAll").mockImplementation((() => [script]) as never);
  vi.resetModules();
  vi.stubGlobal("fetch", async (path: string) => {
    if (path === "/console.json") return Response.json({ build: site.build });
    if (site.script === undefined) throw new TypeError("the network is away");
    return new Response(`<!doctype html><script type="module" crossorigin src="${site.script}"></script>`);
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Reads again and says which newer build is known then. */
async function readAgain(by: typeof import("./site")): Promise<string | undefined> {
  await by.readAgain();
  return by.newer.value;
}

test("the first build read is the page's own while the site serves this page, and another one is newer", async () => {
  const by = await import("./site");
  expect(await readAgain(by)).toBeUndefined();
  site = { build: "b2", script: "/assets/index-2.js" };
  expect(await readAgain(by)).toBe("b2");
  site = { build: "b1", script: "/assets/index-1.js" };
  expect(await readAgain(by)).toBeUndefined();
});

test("a centre that was replaced before it was ever asked is of another build", async () => {
  site = { build: "b2", script: "/assets/index-2.js" };
  const by = await import("./site");
  expect(await readAgain(by)).toBe("b2");
  expect(await readAgain(by)).toBe("b2");
});

test("a page that does not come settles nothing, and is asked for again", async () => {
  site.script = undefined;
  const by = await import("./site");
  expect(await readAgain(by)).toBeUndefined();
  site = { build: "b2", script: "/assets/index-2.js" };
  expect(await readAgain(by)).toBe("b2");
});
