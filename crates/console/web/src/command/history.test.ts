import { describe, expect, it } from "vitest";
import { begun, done, next, previous, REMEMBERED } from "./history";

describe("earlier lines", () => {
  it("come back one by one, and what was being typed after the last", () => {
    let found = previous(begun(["V 1", "V 2"]), "D 21");
    expect(found.line).toBe("V 2");
    found = previous(found.history, found.line);
    expect(found.line).toBe("V 1");
    found = previous(found.history, found.line);
    expect(found.line).toBe("V 1");
    found = next(found.history, found.line);
    expect(found.line).toBe("V 2");
    found = next(found.history, found.line);
    expect(found.line).toBe("D 21");
    expect(next(found.history, found.line).line).toBe("D 21");
  });

  it("without any there is only what is typed", () => {
    expect(previous(begun(undefined), "D 21").line).toBe("D 21");
    expect(next(begun([]), "D 21").line).toBe("D 21");
  });

  it("are remembered once, the latest last, and not without end", () => {
    const twice = done(done(begun([]), "ANS"), "ANS");
    expect(twice.lines).toEqual(["ANS"]);
    let many = begun([]);
    for (let at = 0; at < REMEMBERED + 5; at += 1) many = done(many, `V ${at}`);
    expect(many.lines).toHaveLength(REMEMBERED);
    expect(many.lines.at(-1)).toBe(`V ${REMEMBERED + 4}`);
    expect(many.at).toBe(REMEMBERED);
  });

  it("that were kept damaged are forgotten", () => {
    expect(begun({ lines: 1 }).lines).toEqual([]);
    expect(begun(["V 1", 2, null]).lines).toEqual(["V 1"]);
  });
});
