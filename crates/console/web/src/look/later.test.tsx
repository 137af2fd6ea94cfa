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

it("comes once, after the first picture, and is there at once the next time", async () => {
  const bring = vi.fn(async () => Word);
  const Part = later(bring);
  render(<Part said="first" />, place);
  expect(place.textContent).toBe("");
  expect(bring).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(place.textContent).toBe("first"));
  render(null, place);
  render(<Part said="again" />, place);
  expect(place.textContent).toBe("again");
  expect(bring).toHaveBeenCalledTimes(1);
});

it("says that it is missing, and is tried again by the next who wants it", async () => {
  let there = false;
  const Part = later(async () => {
    if (!there) throw new Error("no such file");
    return Word;
  }, () => <p>missing</p>);
  render(<Part said="here" />, place);
  await vi.waitFor(() => expect(place.textContent).toBe("missing"));
  there = true;
  render(null, place);
  render(<Part said="here" />, place);
  await vi.waitFor(() => expect(place.textContent).toBe("here"));
});

it("is brought though nobody wants it yet, once another part was shown", async () => {
  vi.useFakeTimers();
  vi.resetModules();
  // a page that has shown no part yet
  const { later: another } = await import("./later");
  const unwanted = vi.fn(async () => Word);
  another(unwanted);
  const Part = another(async () => Word);
  render(<Part said="first" />, place);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(unwanted).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
});
