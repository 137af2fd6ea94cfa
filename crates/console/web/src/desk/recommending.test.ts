import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import type { Refusal } from "../api/refusal";
import { RecommendationSchema } from "../contract/kezek/record/v1/recommendation_pb";
import { afterFailure } from "./recommending";

const before = { recommendation: create(RecommendationSchema, { recommendationId: "r" }), refused: undefined, unanswered: false };
const refused = (reason: string, more: Partial<Refusal>): Refusal => ({ reason, sentence: "", facts: {}, fields: [], unknown: false, signedOut: false, ...more });

test("a question that got no answer is not shown as a command whose outcome nobody knows", () => {
  expect(afterFailure(before, refused("UNREACHABLE", { unknown: true }))).toEqual({ ...before, unanswered: true });
});

test("an answer that says no is shown as one", () => {
  const no = refused("ROLE_NOT_ALLOWED", {});
  expect(afterFailure({ ...before, unanswered: true }, no)).toEqual({ ...before, refused: no });
  const older = refused("UNIMPLEMENTED", { older: true });
  expect(afterFailure(before, older).refused).toBe(older);
});
