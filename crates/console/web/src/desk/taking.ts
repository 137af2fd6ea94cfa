// What a card asks of the centre: to answer, to take, to add, each of them again under its own id until an answer came.
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { requestId } from "../api/api";
import { refusal, type Refusal } from "../api/refusal";
import { useConsole } from "../context";
import type { Call } from "../contract/kezek/record/v1/call_pb";
import { Step } from "../contract/kezek/record/v1/milestone_pb";
import { maySend } from "../link/state";
import { stepAt } from "../picture/steps";
import { isBlank, taken, takeRequest, withoutCall, type Card, type Choice } from "./call_draft";
import { limits } from "./sending";
import { useDesk } from "./state";
import { nextRinging } from "./waiting_calls";

/** A card's way to the centre. */
export interface Taking {
  /** True while a card is being taken. */
  isTaking(card: string): boolean;
  /** Why the last attempt of a card came to nothing. */
  refused(card: string): Refusal | undefined;
  /** Answers a ringing call and opens its card; without one, an empty card. */
  answer(call?: Call): Promise<void>;
  /** Opens the card of a call that is answered from the command line, with what was written of its place meanwhile. False: this window does not know of the call yet. */
  answered(callId: string, written: string): boolean;
  /** The command line did not answer it, or nobody knows whether it did. */
  notAnswered(callId: string, why: Refusal): void;
  /** Takes the card in front; `show` selects the incident that it led to. */
  take(show: boolean, duplicate?: Choice): Promise<void>;
}

/** How long a card that is taken waits for what the centre says of its caller, whom taking it answers as well. */
const ANSWER_WAITED_MS = 1_500;

/** A card with a new id for its next attempt: the one before was refused, and what is sent next may differ. What was added meanwhile is among its words. */
function openAgain({ narrative, addition }: Card): Partial<Card> {
  return { stage: "open", requestId: requestId(), narrative: [narrative, addition].filter((part) => part !== "").join(" "), addition: "" };
}

/**
 * Taking is the one request that is tried on a lost link too, where a person asks for it: a centre whose store is away shows an old picture and still
 * keeps calls in its journal, and a call that is taken twice is taken once.
 */
export function useTaking(): Taking {
  const { call, link, session } = useConsole();
  const { cards, select, action } = useDesk();
  const underWay = useSignal<ReadonlySet<string>>(new Set());
  const refusals = useSignal<ReadonlyMap<string, Refusal>>(new Map());
  /** The card whose caller is being answered: the next one is answered while a call is taken, and not two by one key held down. */
  const answering = useRef<{ readonly card: string; readonly ends: Promise<void> } | undefined>(undefined);
  /** The call that the command line answers, or answered last. */
  const opened = useRef<Call | undefined>(undefined);

  const refuse = (card: string, why: Refusal | undefined): void => {
    const all = new Map(refusals.peek());
    if (why === undefined) all.delete(card);
    else all.set(card, why);
    refusals.value = all;
  };

  /** True if a call that could not be answered is known not to be this desk's: somebody else has it, or nobody. */
  const isLost = (callId: string, { reason, unknown }: Refusal): boolean => {
    const state = link.picture.calls.get(callId)?.state?.state;
    if (unknown) return false;
    if (state?.case === "answered" && state.value.desk !== "") return state.value.desk !== session.desk;
    return reason === "ILLEGAL_STEP" || (state?.case !== undefined && state.case !== "ringing" && state.case !== "answered");
  };

  const answer = async (named?: Call): Promise<void> => {
    if (answering.current !== undefined) return;
    const ringing = named ?? nextRinging(link.picture.calls.values());
    if (ringing === undefined) {
      cards.open();
      return inField("card-address");
    }
    const had = cards.all.value.some(({ callId }) => callId === ringing.callId);
    // a caller is on the line whatever the centre will say, and is written down from the next key on
    cards.openFor(ringing);
    inField("card-address");
    // on a lost link taking the call answers it; and the command line is at it already
    if (!maySend(link.state.value) || opened.current?.callId === ringing.callId) return;
    const { id } = cards.front.value;
    refuse(id, undefined);
    const ends = report(id, ringing, had).finally(() => { answering.current = undefined; });
    answering.current = { card: id, ends };
    await ends;
  };

  const report = async (id: string, ringing: Call, had: boolean): Promise<void> => {
    try {
      const { call: answered } = await call("IntakeService").reportAnswered({ requestId: requestId(), callId: ringing.callId }, limits(link));
      const answeredAt = stepAt(answered?.milestones ?? [], Step.ANSWERED);
      if (answeredAt !== undefined) cards.change(id, { answeredAt });
    } catch (thrown) {
      const why = refusal(thrown);
      const card = cards.all.value.find((one) => one.id === id);
      if (card?.stage !== "open") return;
      refuse(id, why);
      // what was typed stays, and is about no call. In every other case taking the call answers it too
      if (!had && isLost(ringing.callId, why)) cards.change(id, withoutCall(card, ringing));
    }
  };

  const answered = (callId: string, written: string): boolean => {
    const named = link.picture.calls.get(callId);
    if (named === undefined) return false;
    if (!cards.all.value.some((card) => card.callId === callId)) opened.current = named;
    cards.openFor(named);
    const { id, address } = cards.front.value;
    if (written !== "") cards.change(id, { address: `${address} ${written}`.trim() });
    inField("card-address");
    return true;
  };

  const notAnswered = (callId: string, why: Refusal): void => {
    const named = opened.current;
    if (named?.callId !== callId) return;
    opened.current = undefined;
    const card = cards.all.value.find((one) => one.callId === callId);
    if (card?.stage === "open" && isLost(callId, why)) cards.change(card.id, withoutCall(card, named));
  };

  const take = async (show: boolean, duplicate?: Choice): Promise<void> => {
    const { id } = cards.front.value;
    if (underWay.peek().has(id)) return;
    underWay.value = new Set([...underWay.peek(), id]);
    refuse(id, undefined);
    try {
      // whether the caller is this desk's is said by that answer
      if (answering.current?.card === id) await Promise.race([answering.current.ends, new Promise((later) => { setTimeout(later, ANSWER_WAITED_MS); })]);
      const card = cards.all.value.find((one) => one.id === id);
      if (card !== undefined) await takeCard(card, show, duplicate);
    } finally {
      underWay.value = new Set([...underWay.peek()].filter((other) => other !== id));
    }
  };

  const takeCard = async (front: Card, show: boolean, duplicate?: Choice): Promise<void> => {
    if (front.stage === "taken") {
      if (show && front.incidentId !== "") select(front.incidentId);
      return;
    }
    if (isBlank(front)) return inField("card-address");
    // what went out unanswered goes out again as it was
    const sent: Card = front.stage === "unknown" || duplicate === undefined ? { ...front, stage: "unknown" } : { ...front, stage: "unknown", duplicate };
    cards.change(front.id, sent);
    try {
      const got = await call("IntakeService").takeCall(takeRequest(sent), limits(link));
      cards.change(front.id, { stage: "taken", ...afterwards(sent, got) });
      // what is being entered about another incident would be lost with its form
      if (show && got.incidentId !== "" && action.value === undefined) select(got.incidentId);
    } catch (thrown) {
      const why = refusal(thrown);
      refuse(front.id, why);
      if (!why.unknown) cards.change(front.id, openAgain(cards.all.value.find(({ id }) => id === front.id) ?? sent));
    }
  };
  return {
    isTaking: (card) => underWay.value.has(card), refused: (card) => refusals.value.get(card),
    answer, answered, notAnswered, take,
  };
}

/** What the answer changes of a card. What was written meanwhile stays. */
function afterwards(sent: Card, got: Parameters<typeof taken>[1]): Partial<Card> {
  const { callId, spokenNumber, incidentId, durability, suspects } = taken(sent, got);
  return { callId, spokenNumber, incidentId, durability, suspects };
}

/** Puts the cursor into a field that the page draws for what was just changed: it draws when what is under way ends, which is before the next key. */
function inField(id: string): void {
  queueMicrotask(() => document.getElementById(id)?.focus());
}
