import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { ErrorInfoSchema } from "../contract/google/rpc/error_details_pb";
import { refused } from "./centre";
import { refusal } from "./refusal";

const reasonOf = (code: Code): string => refusal(refused(new ConnectError("no", code))).reason;

test.each([
  [Code.InvalidArgument, "INVALID_ARGUMENT"], [Code.NotFound, "NOT_FOUND"], [Code.AlreadyExists, "ALREADY_EXISTS"],
  [Code.PermissionDenied, "PERMISSION_DENIED"], [Code.ResourceExhausted, "RESOURCE_EXHAUSTED"], [Code.FailedPrecondition, "FAILED_PRECONDITION"],
  [Code.Aborted, "ABORTED"], [Code.OutOfRange, "OUT_OF_RANGE"], [Code.Unimplemented, "UNIMPLEMENTED"], [Code.DataLoss, "DATA_LOSS"],
  [Code.Unauthenticated, "UNAUTHENTICATED"],
])("a status %i without details is called %s", (code, reason) => {
  expect(reasonOf(code)).toBe(reason);
});

test("a status that says that nobody answered is called unreachable", () => {
  expect([Code.Unavailable, Code.DeadlineExceeded, Code.Unknown].map(reasonOf)).toEqual(["UNREACHABLE", "UNREACHABLE", "UNREACHABLE"]);
});

test.each([["METHOD_UNKNOWN", true], ["ENCODING_NOT_TAKEN", false], [undefined, true]] as const)("a centre is older where it has no such method: %s", (reason, older) => {
  const details = reason === undefined ? [] : [{ desc: ErrorInfoSchema, value: { reason } }];
  expect(refused(new ConnectError("no", Code.Unimplemented, undefined, details)).refusal).toMatchObject({ older, unknown: false });
});
