import { describe, expect, test } from "vitest";
import { CentreClock } from "./centre_clock";
import { alike, judge, type Known } from "./judge";
import { LocalClock } from "./local_clock";
import { clockOnArrival } from "./told";

describe("the machine's clock", () => {
  function clock(): { clock: LocalClock; pass(monotonic: number, wall: number): number } {
    let [monotonic, wall] = [0, 1_000_000];
    const made = new LocalClock(() => monotonic, () => wall);
    return { clock: made, pass: (ahead, wallAhead) => { monotonic += ahead; wall += wallAhead; return made.now(); } };
  }

  test("runs on through a sleep", () => {
    const { clock: made, pass } = clock();
    expect(pass(500, 500)).toBe(500);
    expect(pass(500, 60_500)).toBe(61_000);
    expect(made.sleeps).toBe(1);
    expect(pass(500, 500)).toBe(61_500);
  });

  test("does not take trims of the wall's clock for sleep, however many", () => {
    const { clock: made, pass } = clock();
    for (let trim = 0; trim < 100; trim += 1) pass(500, 600);
    expect(made.sleeps).toBe(0);
    expect(made.now()).toBe(50_000);
  });

  test("never goes back when somebody sets the wall's clock back", () => {
    const { pass } = clock();
    expect(pass(500, -3_600_000)).toBe(500);
  });
});

describe("the centre's clock", () => {
  test("is told best by the quickest frame", () => {
    const clock = new CentreClock(0, 0);
    clock.heard(10_000, 1_000);
    clock.heard(12_000, 5_000);
    expect(clock.estimate(5_000)).toBe(14_000);
  });

  test("forgets after a minute what it was told", () => {
    const clock = new CentreClock(0, 0);
    clock.heard(10_000, 0);
    for (let local = 2_000; local <= 80_000; local += 2_000) clock.heard(local + 9_000, local);
    expect(clock.estimate(80_000)).toBe(89_000);
  });

  test("is not set back by what a frozen window is told late", () => {
    const clock = new CentreClock(0, 0);
    clock.heard(10_000, 0);
    for (const said of [12_000, 300_000, 600_000]) clock.heard(clockOnArrival({ clock: said, wall: said }, 610_000), 600_000);
    expect(clock.estimate(600_000)).toBe(610_000);
  });

  test("never goes back for people, and runs slower until it is right", () => {
    const clock = new CentreClock(0, 0);
    clock.heard(10_000, 0);
    expect(clock.now(0)).toBe(10_000);
    clock.forget();
    clock.heard(8_000, 0);
    expect(clock.estimate(0)).toBe(8_000);
    const shown = Array.from({ length: 8 }, (_, second) => clock.now(second * 1_000));
    expect(shown).toEqual([10_000, 10_500, 11_000, 11_500, 12_000, 13_000, 14_000, 15_000]);
  });

  test("is put right at once when it was wrong by more than a minute", () => {
    const clock = new CentreClock(0, 0);
    clock.heard(3_600_000, 0);
    expect(clock.now(0)).toBe(3_600_000);
    clock.forget();
    clock.heard(0, 0);
    expect(clock.now(0)).toBe(0);
  });

  test("is the machine's until anything was heard", () => {
    expect(new CentreClock(5_000, 100).now(200)).toBe(5_100);
  });
});

describe("what is shown is called", () => {
  const known: Known = { standing: { at: "following", connection: 1 }, age: 400, waited: 60_000, silent: 100, quiet: 400, lag: 0, caughtUp: 0, newer: undefined };

  test.each([
    ["live while it is not older than five seconds", {}, "live"],
    ["live through a short break", { standing: { at: "reaching" }, age: 4_999 }, "live"],
    ["live while a new picture is collected in time", { standing: { at: "collecting", connection: 2, got: 1, of: 2 } }, "live"],
    ["late after five seconds", { age: 5_001 }, "late"],
    ["late when the node follows its store no more, though frames come", { age: 6_000, quiet: 100, lag: 10 }, "late"],
    ["lost after ten", { age: 10_001, quiet: 10_001 }, "lost"],
    ["lost when the node's picture is that old, though frames come", { age: 60_000, quiet: 100, lag: 10 }, "lost"],
    ["lost until something new came, though a connection is sought", { standing: { at: "reaching" }, age: 30_000, quiet: 30_000 }, "lost"],
    ["catching up while an old picture is told anew", { standing: { at: "collecting", connection: 2, got: 120, of: 480 }, age: 30_000 }, "resync"],
    ["lost where the hub fell silent while it collected", { standing: { at: "collecting", connection: 2, got: 120, of: 480 }, age: 30_000, silent: 10_001 }, "lost"],
    ["catching up while frames from a while ago come", { age: 30_000, quiet: 10, lag: 30_000 }, "resync"],
    ["connecting at first", { age: undefined, waited: 9_999, standing: { at: "reaching" } }, "connecting"],
    ["lost if there never is a picture", { age: undefined, waited: 10_001, standing: { at: "reaching" } }, "lost"],
    ["signed out with the token, whatever its age", { standing: { at: "signed_out" } }, "signed_out"],
    ["signed out when another person came", { standing: { at: "replaced" } }, "signed_out"],
    ["of another build, while it is live", { newer: "b2" }, "mismatch"],
    ["late before it is of another build", { newer: "b2", age: 7_000 }, "late"],
  ] as const)("%s", (_, said, at) => {
    expect(judge({ ...known, ...said } as Known).at).toBe(at);
  });

  test("how far it has caught up", () => {
    expect(judge({ ...known, age: 30_000, standing: { at: "collecting", connection: 1, got: 120, of: 480 } })).toEqual({ at: "resync", got: 120, of: 480 });
    expect(judge({ ...known, age: 30_000, quiet: 0, lag: 30_000, caughtUp: 12 })).toEqual({ at: "resync", got: 12, of: undefined });
  });

  test("states that look the same are alike", () => {
    expect(alike({ at: "live" }, { at: "live" })).toBe(true);
    expect(alike({ at: "live" }, { at: "late" })).toBe(false);
    expect(alike({ at: "resync", got: 1, of: 2 }, { at: "resync", got: 2, of: 2 })).toBe(false);
    expect(alike({ at: "mismatch", build: "a" }, { at: "mismatch", build: "b" })).toBe(false);
  });
});
