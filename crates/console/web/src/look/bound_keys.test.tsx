// @vitest-environment happy-dom
import { render } from "preact";
import { useState } from "preact/hooks";
import { expect, it } from "vitest";
import { useKeys } from "./keys";

const press = (code: string): void => void dispatchEvent(new KeyboardEvent("keydown", { code, cancelable: true }));

it("a key right after another acts on what that one made, also before the screen was painted", async () => {
  const reported: (number | undefined)[] = [];
  function Units() {
    const [picked, pick] = useState<number | undefined>(undefined);
    useKeys({ Digit1: () => pick(1), Digit2: () => pick(2), KeyE: () => reported.push(picked) });
    return null;
  }
  const place = document.createElement("div");
  document.body.append(place);
  render(<Units />, place);
  press("Digit1");
  // the next key of a quick hand is an event of its own: what was rendered stands by then, and nothing was painted
  await Promise.resolve();
  press("KeyE");
  press("Digit2");
  await Promise.resolve();
  press("KeyE");
  render(null, place);
  press("KeyE");
  expect(reported).toEqual([1, 2]);
});
