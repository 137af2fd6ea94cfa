// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Hold, HOLD_MS, SETTLE_MS } from "./hold";

let held: string[];
let place: HTMLElement;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  held = [];
  place = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  act(() => render(null, place));
  place.remove();
  vi.useRealTimers();
});

function show(question: string, disabled = false, means = ""): void {
  act(() => render(<Hold question={question} means={means} byEnter disabled={disabled} onHeld={() => held.push(question + means)}>{question}</Hold>, place));
}
const key = (type: "keydown" | "keyup", said: KeyboardEventInit = {}, from: EventTarget = document.body): void => {
  act(() => { from.dispatchEvent(new KeyboardEvent(type, { code: "Enter", bubbles: true, cancelable: true, ...said })); });
};
const after = (milliseconds: number): void => { act(() => { vi.advanceTimersByTime(milliseconds); }); };

test("Enter answers once when it was held long enough, and not again while it stays down", () => {
  show("received?");
  after(SETTLE_MS);
  key("keydown");
  expect(place.querySelector("button")?.dataset["held"]).toBe("true");
  after(HOLD_MS - 1);
  expect(held).toEqual([]);
  after(1);
  key("keydown", { repeat: true });
  after(HOLD_MS * 2);
  expect(held).toEqual(["received?"]);
});

test("a short key is no answer", () => {
  show("received?");
  after(SETTLE_MS);
  key("keydown");
  after(HOLD_MS - 50);
  key("keyup");
  after(HOLD_MS);
  expect(held).toEqual([]);
  expect(place.querySelector("button")?.dataset["held"]).toBe("false");
});

test("when another question comes up under the hand, neither is answered, and the key must be pressed anew", () => {
  show("first");
  after(SETTLE_MS);
  key("keydown");
  after(HOLD_MS / 2);
  show("second");
  key("keydown", { repeat: true });
  after(HOLD_MS * 2);
  expect(held).toEqual([]);
  key("keyup");
  after(SETTLE_MS);
  key("keydown");
  after(HOLD_MS);
  expect(held).toEqual(["second"]);
});

test("when somebody else is picked under the hand nobody is sent, and the next hold begins at once", () => {
  show("who goes? ", false, "11");
  after(SETTLE_MS);
  key("keydown");
  after(HOLD_MS / 2);
  show("who goes? ", false, "12");
  after(HOLD_MS * 2);
  expect(held).toEqual([]);
  key("keyup");
  key("keydown");
  after(HOLD_MS);
  expect(held).toEqual(["who goes? 12"]);
});

test("a key pressed just after the question changed was meant for the one before", () => {
  show("first");
  after(SETTLE_MS);
  show("second");
  after(SETTLE_MS - 100);
  key("keydown");
  after(HOLD_MS);
  expect(held).toEqual([]);
});

test("Enter belongs to a field or a button that has the focus, and to an open dialog", () => {
  show("received?");
  after(SETTLE_MS);
  const field = place.appendChild(document.createElement("input"));
  key("keydown", {}, field);
  after(HOLD_MS);
  const dialog = document.body.appendChild(document.createElement("dialog"));
  dialog.setAttribute("open", "");
  key("keydown");
  after(HOLD_MS);
  dialog.remove();
  expect(held).toEqual([]);
});

test("what cannot be answered cannot be held", () => {
  show("nobody is chosen", true);
  after(SETTLE_MS);
  key("keydown");
  after(HOLD_MS);
  expect(held).toEqual([]);
});
