import { expect, test } from "vitest";
import { fresh } from "./attention";

test("only a question that was not asked before sounds at once", () => {
  expect(fresh(new Set(["a"]), ["a", "b"])).toEqual(["b"]);
  expect(fresh(new Set(["a", "b"]), ["b"])).toEqual([]);
});
