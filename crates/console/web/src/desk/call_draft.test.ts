import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect, test } from "vitest";
import { TakeCallRequestSchema, TakeCallResponseSchema } from "../contract/kezek/intake/v1/intake_service_pb";
import { CallSchema } from "../contract/kezek/record/v1/call_pb";
import { Durability } from "../contract/kezek/record/v1/cursor_pb";
import { LocationMethod } from "../contract/kezek/record/v1/location_pb";
import { Step } from "../contract/kezek/record/v1/milestone_pb";
import { cardFor, duplicatesRequest, isBlank, isNoNumber, isUnsent, locationOf, newCard, placeOf, readCard, taken, takeRequest } from "./call_draft";

const blank = newCard("card", "request", 1_700_000_000_000);

test("a new card is blank until anything is typed", () => {
  expect(isBlank(blank)).toBe(true);
  expect(isBlank({ ...blank, landmark: "у цирка" })).toBe(false);
  expect(isBlank({ ...blank, stage: "unknown" })).toBe(false);
});

test("a card is unsent while something was typed that the centre does not have", () => {
  const card = { ...blank, narrative: "кричат" };
  const stored = { ...card, stage: "taken" as const };
  expect([blank, card, { ...card, stage: "unknown" as const }, stored, { ...stored, addition: "у него нож" }, { ...stored, betterAddress: "Чуй 155" }].map(isUnsent))
    .toEqual([false, true, true, false, true, true]);
});

test("the same card makes the same request, also with a clock that counts parts of milliseconds", () => {
  const card = { ...blank, answeredAt: 1_700_000_000_000.25, callerNumber: "102", typeId: "robbery", coordinates: "42.87, 74.59" };
  const one = create(TakeCallRequestSchema, takeRequest(card));
  expect(create(TakeCallRequestSchema, takeRequest(card))).toEqual(one);
  expect(one.requestId).toBe("request");
  expect(one.answeredAt).toEqual(timestampFromMs(1_700_000_000_000));
  expect(one.priority).toBeUndefined();
  expect(one.duplicate?.choice.case).toBe("unasked");
  expect(one.location?.method).toBe(LocationMethod.SPOKEN);
});

test("what is no point is kept as a landmark and never thrown away", () => {
  expect(locationOf({ ...blank, coordinates: "за мостом", landmark: "у рынка" })).toEqual({ address: "", landmark: "у рынка; за мостом" });
  expect(locationOf(blank)).toBeUndefined();
});

test("a type that the directory does not know goes out as it was typed", () => {
  expect(takeRequest({ ...blank, typeText: "что-то горит" }).incidentTypeId).toBe("что-то горит");
  expect(takeRequest({ ...blank, typeText: "х", typeId: "fire" }).incidentTypeId).toBe("fire");
});

test("what was said of duplicates is sent as it was said", () => {
  expect(takeRequest({ ...blank, duplicate: { said: "separate" } }).duplicate?.choice?.case).toBe("separate");
  const same = takeRequest({ ...blank, duplicate: { said: "same", incidentId: "i-1", spokenNumber: "12" } }).duplicate?.choice;
  expect(same).toEqual({ case: "sameAsIncidentId", value: "i-1" });
});

test("duplicates are asked for as soon as there is a place or a number", () => {
  expect(duplicatesRequest(blank)).toBeUndefined();
  expect(duplicatesRequest({ ...blank, callerNumber: "0555" })).toBeDefined();
  expect(duplicatesRequest({ ...blank, address: "Чуй 155" })).toBeDefined();
});

test("a ringing call that was answered fills its card: number, place, and when it was answered", () => {
  const call = create(CallSchema, {
    callId: "c", spokenNumber: "7", callerNumber: "+996", location: { position: { latitude: 42.87, longitude: 74.59 }, method: LocationMethod.AML, uncertaintyM: 30 },
    milestones: [{ step: Step.RANG, occurredAt: timestampFromMs(1_000) }, { step: Step.ANSWERED, occurredAt: timestampFromMs(4_000) }],
    state: { state: { case: "answered", value: { desk: "3" } } },
  });
  const card = cardFor(call, "card", "request", 9_000);
  expect(card).toMatchObject({ callId: "c", callerNumber: "+996", answeredAt: 4_000, stage: "open", method: LocationMethod.AML, uncertaintyM: 30 });
  expect(takeRequest(card)).toMatchObject({ continuesCallId: "c", location: { method: LocationMethod.AML, uncertaintyM: 30 } });
});

test("once taken the card says its number and how safe it is, and lists suspects only where nobody was asked", () => {
  const answer = create(TakeCallResponseSchema, { callId: "c", spokenNumber: "1043", incidentId: "i", suspectedDuplicateOf: ["j"], receipt: { durability: Durability.JOURNALED } });
  expect(taken(blank, answer)).toMatchObject({ stage: "taken", spokenNumber: "1043", incidentId: "i", durability: Durability.JOURNALED, suspects: ["j"] });
  expect(taken({ ...blank, duplicate: { said: "separate" } }, answer).suspects).toEqual([]);
});

test("a card is read back as it was kept, and what is none is left alone", () => {
  const card = { ...blank, narrative: "кричат за стеной", priority: 1 };
  expect(readCard(JSON.parse(JSON.stringify(card)))).toEqual(card);
  for (const none of [undefined, null, "{", [1]]) expect(readCard(none)).toBeUndefined();
});

test("the map marks the better place as soon as it is one, and the first until then", () => {
  expect(placeOf(blank)).toBeUndefined();
  const card = { ...blank, coordinates: "42.87, 74.59" };
  expect(placeOf({ ...card, betterCoordinates: "за мостом" })).toEqual({ latitude: 42.87, longitude: 74.59 });
  expect(placeOf({ ...card, betterCoordinates: "42.88, 74.60" })).toEqual({ latitude: 42.88, longitude: 74.6 });
});

test("a place that was typed where the number belongs is told from a number", () => {
  expect(["", "102", "+996 (555) 04-05-06", "#31#"].map(isNoNumber)).toEqual([false, false, false, false]);
  expect(["prospekt Chuy 155", "пр. Чуй, 155"].map(isNoNumber)).toEqual([true, true]);
});
