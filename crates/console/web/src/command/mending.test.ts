import { describe, expect, it } from "vitest";
import type { Refusal } from "../api/refusal";
import { choicesOf, chosen, exampleOf, few, namesFew, remedyOf } from "./mending";

function refused(reason: string, facts: Record<string, string>): Refusal {
  return { reason, facts, sentence: "", fields: [], unknown: false, signedOut: false };
}

describe("what is offered instead", () => {
  it("are the choices as the centre has them", () => {
    expect(choicesOf(refused("COMMAND_AMBIGUOUS", { choices: "21, 210,,211" }))).toEqual(["21", "210", "211"]);
    expect(choicesOf(refused("NOT_FOUND", {}))).toEqual([]);
  });

  it("are the nearest few where every command could be meant, and all where a name fits several", () => {
    const verbs = "D, REC, MD, REL, H, NEW, MOVE, P, SEND, OFF, C";
    const unread = refused("COMMAND_UNKNOWN", { word: "MOVD", choices: verbs, remedy: "?" });
    expect([namesFew(unread), choicesOf(few(unread))]).toEqual([true, ["MOVE", "MD", "D", "SEND", "OFF"]]);
    expect(remedyOf(few(unread))).toBeUndefined();
    const several = refused("COMMAND_AMBIGUOUS", { word: "2", choices: verbs });
    expect([namesFew(several), few(several)]).toEqual([false, several]);
    const near = refused("COMMAND_UNKNOWN", { word: "MOVD", choices: "MOVE, MD" });
    expect(few(near)).toBe(near);
  });

  it("are nearest by the keys that were pressed, whichever layout was on", () => {
    const verbs = "D, REC, MD, REL, H, NEW, MOVE, P, SEND, OFF, C";
    for (const word of ["ЬЩМВ", "ьщмв"]) expect(choicesOf(few(refused("COMMAND_UNKNOWN", { word, choices: verbs })))).toEqual(["MOVE", "MD", "D", "SEND", "OFF"]);
  });

  it("replaces the word that fits several and nothing else", () => {
    expect(chosen("D 2 1043", "2", "21")).toBe("D 21 1043");
    expect(chosen("d sok 1043", "SOK", "SOKOL-1")).toBe("d SOKOL-1 1043");
    expect(chosen("D ", undefined, "21")).toBe("D 21");
    expect(chosen("N 7 he waits", "7", "* 7")).toBe("N * 7 he waits");
  });

  it("replaces all of it by a line in full, whatever was typed for the incident", () => {
    const choices = "RT #1043 @leninsky no car, none at all\nRT #1043 @oktyabrsky no car, none at all\n";
    const [first = "", second] = choicesOf(refused("COMMAND_AMBIGUOUS", { word: "1043", choices }));
    expect(second).toBe("RT #1043 @oktyabrsky no car, none at all");
    for (const typed of ["RT #1043 no car, none at all", "RT 043 no car, none at all", "RT no car, none at all"]) {
      expect(chosen(typed, "1043", first)).toBe("RT #1043 @leninsky no car, none at all");
    }
    for (const typed of ["rt.1043.no car", " КЕ 1043 no car"]) expect(chosen(typed, "1043", "RT #1043 @leninsky no car")).toBe("RT #1043 @leninsky no car");
  });

  it("replaces a word by a name of several words, which is no line", () => {
    expect(chosen("D сок 1043", "сок", "Сокол 1")).toBe("D Сокол 1 1043");
    expect(chosen("RT 1043 @len no car", "len", "Leninsky District")).toBe("RT 1043 @Leninsky District no car");
    expect(chosen("AUTX", "AUTX", "AUTO")).toBe("AUTO");
  });

  it("is a line to take only where the centre means that very line", () => {
    const other = refused("UNIT_NOT_AVAILABLE", { remedy: "D 22 1043" });
    expect([remedyOf(other), exampleOf(other)]).toEqual(["D 22 1043", undefined]);
    const unread = refused("COMMAND_INCOMPLETE", { remedy: "D 21 1043" });
    expect([remedyOf(unread), exampleOf(unread)]).toEqual([undefined, "D 21 1043"]);
    expect(remedyOf(refused("INTERNAL", {}))).toBeUndefined();
  });
});
