// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { refuse, refused, session, signIn, signOut } from "./session";

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

test("one that is over by this machine's clock is kept: the clock may be wrong, and the centre says", () => {
  signIn(token("aigul"));
  localStorage.setItem(KEPT_AS, `h.${Buffer.from(JSON.stringify({ sub: "bakyt", role: "operator", centre: "bishkek", exp: 1 })).toString("base64url")}.s`);
  shownAgain(true);
  expect(session.value).toMatchObject({ name: "bakyt", endsAt: 1_000 });
});

test("a token that the centre refuses leads to the page for signing in, and other windows keep what they show", () => {
  signIn(token("aigul"));
  const kept = localStorage.getItem(KEPT_AS);
  if (session.value !== undefined) refuse(session.value);
  expect([session.value, refused.value, localStorage.getItem(KEPT_AS)]).toEqual([undefined, true, kept]);
  signIn(token("aigul"));
  expect([session.value?.name, refused.value]).toEqual(["aigul", false]);
});

test("a refusal that comes after somebody else signed in is not theirs", () => {
  signIn(token("aigul"));
  const before = session.value;
  signIn(token("bakyt"));
  if (before !== undefined) refuse(before);
  expect([session.value?.name, refused.value]).toEqual(["bakyt", false]);
});

test("a page that was only opened keeps whom it has", () => {
  signIn(token("aigul"));
  localStorage.removeItem(KEPT_AS);
  shownAgain(false);
  expect(session.value?.name).toBe("aigul");
});
