// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeAll, expect, test } from "vitest";
import { speak } from "../words/words";
import { PersonButton } from "./people";

beforeAll(() => speak("en"));

test("the button that asks who is here keeps no focus: the Enter that comes next belongs to the answer", () => {
  const place = document.body.appendChild(document.createElement("div"));
  let asked = 0;
  act(() => render(<PersonButton name="Asanov" onChange={() => (asked += 1)} />, place));
  const button = place.querySelector("button");
  button?.focus();
  expect(document.activeElement).toBe(button);
  act(() => button?.click());
  expect([asked, document.activeElement === button]).toEqual([1, false]);
  act(() => render(null, place));
  place.remove();
});
