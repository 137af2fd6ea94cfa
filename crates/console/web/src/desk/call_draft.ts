// A call card as it is typed: pure, kept as it is over a reload, and turned into a request only when a person says so.
import { timestampFromMs } from "../api/times";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { FindLikelyDuplicatesRequestSchema, TakeCallRequestSchema, TakeCallResponse } from "../contract/kezek/intake/v1/intake_service_pb";
import type { Call } from "../contract/kezek/record/v1/call_pb";
import { Durability } from "../contract/kezek/record/v1/cursor_pb";
import { LocationMethod, type LocationSchema } from "../contract/kezek/record/v1/location_pb";
import { Step } from "../contract/kezek/record/v1/milestone_pb";
import { pointOf, pointText, type Point } from "../places/coordinates";
import { stepAt } from "../picture/steps";

/** What the operator said of likely duplicates. */
export type Choice =
  | { readonly said: "unasked" }
  | { readonly said: "separate" }
  | { readonly said: "same"; readonly incidentId: string; readonly spokenNumber: string };

/** A card. */
export interface Card {
  readonly id: string;
  /** The id under which it is taken: the same until an answer came. */
  readonly requestId: string;
  /** `open`: being typed. `unknown`: sent, and no answer came: it is sent again as it was. `taken`: it cannot be lost any more. */
  readonly stage: "open" | "unknown" | "taken";
  /** The ringing or answered call it goes on with, later the call itself. Empty: a new one. */
  readonly callId: string;
  readonly spokenNumber: string;
  readonly incidentId: string;
  readonly durability: Durability;
  readonly suspects: readonly string[];
  readonly callerNumber: string;
  readonly address: string;
  readonly landmark: string;
  readonly coordinates: string;
  readonly method: LocationMethod;
  readonly uncertaintyM: number | undefined;
  readonly typeId: string;
  /** What was typed where the type is chosen and is none of the directory's: it is sent as it is, and flagged. */
  readonly typeText: string;
  readonly language: string;
  /** 0: as the type says. */
  readonly priority: number;
  readonly narrative: string;
  readonly duplicate: Choice;
  /** What is written after it was sent. */
  readonly addition: string;
  /** A better place that was said after it was taken. */
  readonly betterAddress: string;
  readonly betterCoordinates: string;
  readonly betterMethod: LocationMethod;
  /** When the conversation began, milliseconds since 1970. */
  readonly answeredAt: number;
}

/** True for what cannot be a telephone number: letters stand in it, most likely of a place. */
export function isNoNumber(typed: string): boolean {
  return /\p{L}/u.test(typed);
}

/** An empty card. */
export function newCard(id: string, requestId: string, now: number): Card {
  return {
    id, requestId, stage: "open", callId: "", spokenNumber: "", incidentId: "", durability: Durability.UNSPECIFIED, suspects: [],
    callerNumber: "", address: "", landmark: "", coordinates: "", method: LocationMethod.UNSPECIFIED, uncertaintyM: undefined,
    typeId: "", typeText: "", language: "", priority: 0, narrative: "", duplicate: { said: "unasked" }, addition: "",
    betterAddress: "", betterCoordinates: "", betterMethod: LocationMethod.UNSPECIFIED, answeredAt: now,
  };
}

/** A card for a call that was answered: with what the exchange and the handset told of it. */
export function cardFor(call: Call, id: string, requestId: string, now: number): Card {
  const { position, address = "", landmark = "", method = LocationMethod.UNSPECIFIED, uncertaintyM } = call.location ?? {};
  return {
    ...newCard(id, requestId, stepAt(call.milestones, Step.ANSWERED) ?? now),
    callId: call.callId, spokenNumber: call.spokenNumber, callerNumber: call.callerNumber, address, landmark, method, uncertaintyM,
    coordinates: position === undefined ? "" : pointText(position),
    typeId: call.incidentTypeId, language: call.language, narrative: call.narrative,
    ...(call.takenAt === undefined ? {} : { stage: "taken" as const, incidentId: call.incidentId, durability: Durability.STORED }),
  };
}

/** A card without the call that it was opened for: what the call told goes, what was typed stays. */
export function withoutCall(card: Card, call: Call): Card {
  const told: Partial<Record<string, unknown>> = { ...cardFor(call, card.id, card.requestId, card.answeredAt) };
  const typed = Object.fromEntries(Object.entries(card).filter(([field, value]) => value !== told[field]));
  return { ...newCard(card.id, card.requestId, card.answeredAt), ...typed };
}

/** True while nothing was typed that could be lost. */
export function isBlank(card: Card): boolean {
  const { callId, callerNumber, address, landmark, coordinates, typeId, typeText, narrative, addition } = card;
  return card.stage === "open" && [callId, callerNumber, address, landmark, coordinates, typeId, typeText, narrative, addition].every((text) => text.trim() === "");
}

/** True while something of it is in this browser only. */
export function isUnsent(card: Card): boolean {
  if (card.stage !== "taken") return !isBlank(card);
  return [card.addition, card.betterAddress, card.betterCoordinates].some((text) => text.trim() !== "");
}

/** Where it happened, as far as it was said; absent: nothing was. A text that is no point is said as a landmark: nothing typed is lost. */
export function locationOf(card: Card): MessageInitShape<typeof LocationSchema> | undefined {
  const point = pointOf(card.coordinates);
  const { address } = card;
  const landmark = point === "odd" ? [card.landmark, card.coordinates].filter((text) => text !== "").join("; ") : card.landmark;
  if (point === undefined && address.trim() === "" && landmark.trim() === "") return undefined;
  return {
    address, landmark,
    ...(point === undefined || point === "odd" ? {} : {
      position: point, method: card.method === LocationMethod.UNSPECIFIED ? LocationMethod.SPOKEN : card.method,
      ...(card.uncertaintyM === undefined ? {} : { uncertaintyM: card.uncertaintyM }),
    }),
  };
}

/** The point of a card, the better one if one was said since; absent: it has none. */
export function placeOf({ betterCoordinates, coordinates }: Card): Point | undefined {
  return [betterCoordinates, coordinates].map(pointOf).find((point) => point !== undefined && point !== "odd");
}

/** The request that takes it. The same card makes the same request, so that it may be sent again. */
export function takeRequest(card: Card): MessageInitShape<typeof TakeCallRequestSchema> {
  const location = locationOf(card);
  return {
    requestId: card.requestId, continuesCallId: card.callId, callerNumber: card.callerNumber, language: card.language, narrative: card.narrative,
    incidentTypeId: card.typeId === "" ? card.typeText : card.typeId,
    // the contract counts whole nanoseconds, the page's clock parts of milliseconds
    answeredAt: timestampFromMs(Math.round(card.answeredAt)),
    ...(location === undefined ? {} : { location }),
    ...(card.priority === 0 ? {} : { priority: card.priority }),
    duplicate: {
      choice: card.duplicate.said === "same" ? { case: "sameAsIncidentId", value: card.duplicate.incidentId }
        : { case: card.duplicate.said, value: {} },
    },
  };
}

/** What to ask for likely duplicates with; absent: too little is known to ask. */
export function duplicatesRequest(card: Card): MessageInitShape<typeof FindLikelyDuplicatesRequestSchema> | undefined {
  const location = locationOf(card);
  if (location === undefined && card.callerNumber.trim() === "") return undefined;
  return { callerNumber: card.callerNumber, incidentTypeId: card.typeId, ...(location === undefined ? {} : { location }) };
}

/** The card once the centre has it. */
export function taken(card: Card, answer: TakeCallResponse): Card {
  return {
    ...card, stage: "taken", callId: answer.callId, spokenNumber: answer.spokenNumber, incidentId: answer.incidentId,
    durability: answer.receipt?.durability ?? Durability.UNSPECIFIED,
    suspects: card.duplicate.said === "unasked" ? answer.suspectedDuplicateOf : [],
  };
}

/** A card as it was kept; absent: it is none. */
export function readCard(kept: unknown): Card | undefined {
  if (typeof kept !== "object" || kept === null || !("id" in kept) || !("requestId" in kept)) return undefined;
  // what this page kept itself; a field that is newer than what was kept starts empty
  return { ...newCard("", "", 0), ...(kept as Partial<Card>) };
}
