// @vitest-environment happy-dom
import { render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { later } from "./later";

let place: HTMLElement;
beforeEach(() => {
  place = document.createElement("div");
  document.body.append(place);
});
afterEach(() => {
  render(null, place);
  place.remove();
});

function Word({ said }: { said: string }) {
  return <p>{said}</p>;
}

it("comes by itself and once, and is there at once the next time", async () => {
  const bring = vi.fn(async () => Word);
  const Part = later(bring);
  render(<Part said="first" />, place);
  expect(place.textContent).toBe("");
  await vi.waitFor(() => expect(place.textContent).toBe("first"));
  render(null, place);
  render(<Part said="again" />, place);
  expect(place.textContent).toBe("again");
  expect(bring).toHaveBeenCalledTimes(1);
});

it("is asked for again when it did not come", async () => {
  vi.useFakeTimers();
  let asked = 0;
  const Part = later(async () => {
    asked += 1;
    if (asked === 1) throw new Error("no such file");
    return Word;
  });
  render(<Part said="here" />, place);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(place.textContent).toBe("");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(place.textContent).toBe("here");
  vi.useRealTimers();
});

it("comes though nobody shows it yet, so that it is there when the centre is not", async () => {
  vi.useFakeTimers();
  const bring = vi.fn(async () => Word);
  later(bring);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(bring).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
});
