// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { session, signIn, signOut } from "./session";

const KEPT_AS = "kezek.token";
const token = (name: string): string => `h.${Buffer.from(JSON.stringify({ sub: name, role: "operator", centre: "bishkek", exp: Date.now() / 1_000 + 3_600 })).toString("base64url")}.s`;

function shownAgain(persisted: boolean): void {
  dispatchEvent(Object.assign(new Event("pageshow"), { persisted }));
}

beforeEach(() => signOut());

test("a page that comes back from the browser's memory is nobody's, if they signed out elsewhere meanwhile", () => {
  signIn(token("aigul"));
  localStorage.removeItem(KEPT_AS);
  shownAgain(true);
  expect(session.value).toBeUndefined();
});

test("it goes on with the token of now, and not with the one that it slept with", () => {
  signIn(token("aigul"));
  localStorage.setItem(KEPT_AS, token("bakyt"));
  shownAgain(true);
  expect(session.value?.name).toBe("bakyt");
});

test("a page that was only opened keeps whom it has", () => {
  signIn(token("aigul"));
  localStorage.removeItem(KEPT_AS);
  shownAgain(false);
  expect(session.value?.name).toBe("aigul");
});
