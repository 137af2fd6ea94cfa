import { describe, expect, test } from "vitest";
import { readSite } from "../link/site";
import { nearness } from "./ending";
import { home, screenAt } from "./screens";
import { read, who, type Role, type Session } from "./session";
import { judged, seemsOver } from "./token_form";

const base = { token: "t", name: "anna", centre: "bishkek", endsAt: 1_000_000 };
const of = (role: Role, more: Partial<Session> = {}): Session => ({ ...base, role, ...more });

function token(claims: Record<string, unknown>): string {
  return `h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;
}

describe("a token", () => {
  const claims = { sub: "Айгүл", role: "duty_officer", centre: "bishkek", station: "leninsky", exp: 1_000 };

  test("says who holds it, in any script", () => {
    expect(read(` ${token(claims)}\n`)).toEqual({ token: token(claims), name: "Айгүл", role: "duty_officer", centre: "bishkek", station: "leninsky", endsAt: 1_000_000 });
  });

  test.each([
    ["nothing", "  ", "empty"],
    ["some text", "hello", "malformed"],
    ["three parts of nothing", "a.b.c", "malformed"],
    ["one without an end", token({ ...claims, exp: undefined }), "malformed"],
    ["one of an unknown role", token({ ...claims, role: "chief" }), "malformed"],
  ])("that is %s is not one", (_, pasted, wrong) => {
    expect(judged(pasted)).toBe(wrong);
  });

  test("that is good says whose it is", () => {
    expect(judged(token(claims))).toMatchObject({ name: "Айгүл" });
  });

  test("that is over by this machine's clock is warned of, and given to the centre all the same", () => {
    expect([999_999, 1_000_000].map((now) => seemsOver(token(claims), now))).toEqual([undefined, 1_000_000]);
    expect(seemsOver("hello", 5_000_000)).toBeUndefined();
    expect(judged(token({ ...claims, exp: 1 }))).toMatchObject({ name: "Айгүл" });
  });

  test("of the same person in the same place is the same person's, and no other", () => {
    expect(who(of("operator"))).toBe(who({ ...of("operator"), token: "other", endsAt: 5 }));
    expect(who(of("operator"))).not.toBe(who(of("supervisor")));
    expect(who(of("duty_officer", { station: "leninsky" }))).not.toBe(who(of("duty_officer", { station: "sverdlovsky" })));
  });

  test("is called nearly over five minutes ahead, and again one minute ahead", () => {
    expect([0, 699_999, 700_000, 939_999, 940_000, 999_999, 1_000_000].map((now) => nearness(of("operator"), now))).toEqual(["far", "far", "soon", "soon", "now", "now", "over"]);
  });
});

describe("a role", () => {
  test.each([
    ["operator", "/desk"], ["supervisor", "/board"], ["administrator", "/board"], ["observer", "/board"], ["crew", undefined], ["integration", undefined],
  ] as const)("%s works at %s", (role, at) => {
    const works = home(of(role));
    expect(works?.path).toBe(at);
    if (works !== undefined) expect(screenAt(works.path, of(role))).toBe(works.screen);
  });

  test("a duty officer works at their own station's screen, and opens no other", () => {
    const officer = of("duty_officer", { station: "leninsky" });
    expect(home(officer)).toEqual({ screen: "station", path: "/station/leninsky" });
    expect(screenAt("/station/leninsky", officer)).toBe("station");
    expect(screenAt("/station/leninsky/", officer)).toBe("station");
    expect(screenAt("/station/sverdlovsky", officer)).toBe("station");
    expect(screenAt("/desk", officer)).toBeUndefined();
    expect(screenAt("/map", officer)).toBe("map");
  });

  test("who only looks opens no screen on which calls are taken", () => {
    expect(["/desk", "/board", "/map", "/station/leninsky", "/"].map((path) => screenAt(path, of("observer")))).toEqual([undefined, "board", "map", undefined, undefined]);
  });
});

describe("what a site says of itself", () => {
  test("is its build and whom a demo lets anybody be", () => {
    const holder = { role: "operator", holder: "anna", title: {}, token: "t" };
    expect(readSite({ build: "b1", demo: [holder, { role: 5 }, "x"] })).toEqual({ build: "b1", demo: [holder] });
  });

  test.each([[undefined], [null], ["x"], [{ build: 5, demo: {} }], [{ build: "" }]])("is nothing if it is %s", (said) => {
    expect(readSite(said)).toEqual({ build: undefined, demo: [] });
  });
});
