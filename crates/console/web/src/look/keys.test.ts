import { describe, expect, it } from "vitest";
import { isSingle, label, nameOf, once } from "./keys";

describe("keys", () => {
  it("are named by where they are, with what is held before it", () => {
    expect(nameOf({ altKey: false, ctrlKey: true, shiftKey: true, code: "KeyL" })).toBe("Ctrl+Shift+KeyL");
    expect(nameOf({ altKey: false, ctrlKey: false, shiftKey: false, code: "F9" })).toBe("F9");
  });

  it("that are kept down do what they do once", () => {
    let done = 0;
    const act = once(() => { done += 1; });
    for (const repeat of [false, true, true]) act({ repeat } as KeyboardEvent);
    expect(done).toBe(1);
  });

  it("are single where they write a character", () => {
    for (const name of ["KeyE", "Shift+KeyE", "Digit1", "Numpad1", "BracketLeft", "Slash"]) expect(isSingle(name), name).toBe(true);
    for (const name of ["F9", "Escape", "Enter", "NumpadEnter", "ArrowUp", "Space", "Alt+Digit1", "Ctrl+Shift+KeyL"]) expect(isSingle(name), name).toBe(false);
  });

  it("are called by the person's own letter", () => {
    const written = new Map([["KeyE", "у"], ["Digit1", "1"]]);
    expect(label("KeyE", written)).toBe("У");
    expect(label("Alt+Digit1", written)).toBe("Alt+1");
    expect(label("KeyE", undefined)).toBe("E");
    expect(label("Ctrl+Shift+KeyL", undefined)).toBe("Ctrl+Shift+L");
    expect(label("ArrowUp", undefined)).toBe("↑");
    expect(label("F9", undefined)).toBe("F9");
    expect(label("?", undefined)).toBe("?");
  });
});
