// What a card asks of the centre: to answer, to take, to add, each of them again under its own id until an answer came.
import { useRef, useState } from "preact/hooks";
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
  readonly busy: boolean;
  /** Why the last attempt came to nothing, of whichever card. */
  readonly refused: Refusal | undefined;
  /** Answers a ringing call and opens its card; without one, an empty card. */
  answer(call?: Call): Promise<void>;
  /** Opens the card of a call that is answered from the command line, with what was written of its place meanwhile. */
  answered(callId: string, written: string): void;
  /** The command line did not answer it. */
  notAnswered(callId: string, why: Refusal): void;
  /** Takes the card in front; `show` selects the incident that it led to. */
  take(show: boolean, duplicate?: Choice): Promise<void>;
}

/** The card with a new id for its next attempt: the one before was refused, and what is sent next may differ. */
function openAgain(card: Card): Partial<Card> {
  return { ...card, stage: "open", requestId: requestId() };
}

/**
 * Taking is the one request that is tried on a lost link too, where a person asks for it: a centre whose store is away shows an old picture and still
 * keeps calls in its journal, and a call that is taken twice is taken once.
 */
export function useTaking(): Taking {
  const { call, link } = useConsole();
  const { cards, select, action } = useDesk();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refusal | undefined>(undefined);
  const isTaking = useRef(false);
  /** An answer to a ringing call that is under way: the next caller is answered while a call is saved, and not two callers by one key held down. */
  const answering = useRef<Promise<void> | undefined>(undefined);
  /** The last call whose card the command line opened. */
  const opened = useRef<Call | undefined>(undefined);

  const answer = async (named?: Call): Promise<void> => {
    if (answering.current !== undefined) return;
    setRefused(undefined);
    try {
      await (answering.current = answerNext(named));
    } finally {
      answering.current = undefined;
    }
  };

  const answerNext = async (named?: Call): Promise<void> => {
    const ringing = named ?? nextRinging(link.picture.calls.values());
    if (ringing === undefined) {
      cards.open();
      return inField("card-address");
    }
    const had = cards.all.value.some(({ callId }) => callId === ringing.callId);
    // a caller is on the line whatever the centre will say, and is written down from the next key on
    cards.openFor(ringing);
    inField("card-address");
    // on a lost link taking the call answers it
    if (!maySend(link.state.value)) return;
    const { id } = cards.front.value;
    try {
      const { call: answered } = await call("IntakeService").reportAnswered({ requestId: requestId(), callId: ringing.callId }, limits(link));
      const answeredAt = stepAt(answered?.milestones ?? [], Step.ANSWERED);
      if (answeredAt !== undefined) cards.change(id, { answeredAt });
    } catch (thrown) {
      const why = refusal(thrown);
      setRefused(why);
      // somebody else has it, or nobody: what was typed stays, and is about no call. In every other case taking the call answers it too
      const card = cards.all.value.find((one) => one.id === id);
      if (why.reason === "ILLEGAL_STEP" && !had && card?.stage === "open") cards.change(id, withoutCall(card, ringing));
    }
  };

  const answered = (callId: string, written: string): void => {
    const named = link.picture.calls.get(callId);
    if (named === undefined) return;
    if (!cards.all.value.some((card) => card.callId === callId)) opened.current = named;
    cards.openFor(named);
    const { id, address } = cards.front.value;
    if (written !== "") cards.change(id, { address: `${address} ${written}`.trim() });
    inField("card-address");
  };

  const notAnswered = (callId: string, { reason }: Refusal): void => {
    const card = cards.all.value.find((one) => one.callId === callId);
    const named = opened.current;
    const rings = link.picture.calls.get(callId)?.state?.state.case === "ringing";
    if (named?.callId !== callId || card?.stage !== "open") return;
    if (reason === "ILLEGAL_STEP" || !rings) cards.change(card.id, withoutCall(card, named));
  };

  const take = async (show: boolean, duplicate?: Choice): Promise<void> => {
    if (isTaking.current) return;
    isTaking.current = true;
    setBusy(true);
    setRefused(undefined);
    const { id } = cards.front.value;
    try {
      // whether the caller is this desk's is said by that answer
      await answering.current;
      const card = cards.all.value.find((one) => one.id === id);
      if (card !== undefined) await takeCard(card, show, duplicate);
    } finally {
      isTaking.current = false;
      setBusy(false);
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
      setRefused(why);
      if (!why.unknown) cards.change(front.id, openAgain(sent));
    }
  };
  return { busy, refused, answer, answered, notAnswered, take };
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
