// @vitest-environment happy-dom
import { create } from "@bufbuild/protobuf";
import { beforeAll, expect, test } from "vitest";
import { IncidentSchema } from "../contract/kezek/record/v1/incident_pb";
import { speak } from "../words/words";
import { desk } from "../words/en/desk";
import { numberText } from "./naming";

beforeAll(() => speak("en"));

test("a number that nobody gave is not said to be hidden", () => {
  expect(numberText("+996555010203", undefined)).toBe("+996555010203");
  expect(numberText("", undefined)).toBe(desk.queue.noNumber);
  expect(numberText("", create(IncidentSchema, {}))).toBe(desk.queue.noNumber);
  expect(numberText("", create(IncidentSchema, { restriction: {} }))).toBe(desk.queue.withheld);
});
