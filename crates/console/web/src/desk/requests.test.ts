import { expect, test } from "vitest";
import { Requests } from "./requests";

const make = (requestId: string) => ({ requestId });

test("until an answer came the same content is the very same request", () => {
  const requests = new Requests();
  const first = requests.prepare("a", make);
  expect(requests.prepare("a", make)).toBe(first);
});

test("other content is another request, and so is the next one after an answer", () => {
  const requests = new Requests();
  const first = requests.prepare("a", make);
  const other = requests.prepare("b", make);
  expect(other.requestId).not.toBe(first.requestId);
  requests.answered();
  expect(requests.prepare("b", make).requestId).not.toBe(other.requestId);
});
