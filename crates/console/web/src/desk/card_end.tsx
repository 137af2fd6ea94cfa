// How a call ends: with an outcome, with the caller to be called back, or, for a card that no call stands behind, by throwing it away.
import { useState } from "preact/hooks";
import { useConsole } from "../context";
import { CallOutcome } from "../contract/kezek/record/v1/call_pb";
import { Refused } from "../look/look";
import { words } from "../words/words";
import { Select, TextField } from "./actions/form";
import type { Card } from "./call_draft";
import { useSender } from "./sending";
import { useDesk } from "./state";

/** Outcomes that an operator may choose; a caller who cannot be reached is decided about elsewhere. */
const OUTCOMES = [CallOutcome.INCIDENT, CallOutcome.ADVICE, CallOutcome.TRANSFERRED, CallOutcome.SUSPECTED_HOAX, CallOutcome.SILENT] as const;

export function CardEnd({ card }: { card: Card }) {
  const { link } = useConsole();
  void link.picture.revision.value;
  if (card.callId === "") return <Discard card={card} />;
  const state = link.picture.calls.get(card.callId)?.state?.state.case;
  // the stream drops a call once it is over; one that only the journal has is not there yet either
  if (state === "answered" || (state === undefined && card.stage !== "taken")) return <End card={card} />;
  return <CloseCard card={card} isOver={state === "ended"} />;
}

/** Throws away what was typed, at the second press. */
function Discard({ card }: { card: Card }) {
  const { cards } = useDesk();
  const [sure, setSure] = useState(false);
  const say = words().desk.card;
  return (
    <div class="ends">
      <button type="button" onBlur={() => setSure(false)} onClick={() => (sure ? cards.drop(card.id) : setSure(true))}>{sure ? say.discardSure : say.discard}</button>
    </div>
  );
}

function CloseCard({ card, isOver }: { card: Card; isOver: boolean }) {
  const { cards } = useDesk();
  const say = words().desk.card;
  return (
    <div class="ends">
      <span class="muted">{isOver ? say.over : say.elsewhere}</span>
      <button type="button" onClick={() => cards.drop(card.id)}>{say.closeCard}</button>
    </div>
  );
}

function End({ card }: { card: Card }) {
  const { call } = useConsole();
  const { cards } = useDesk();
  const sender = useSender();
  const [outcome, setOutcome] = useState<(typeof OUTCOMES)[number]>(card.stage === "taken" ? CallOutcome.INCIDENT : CallOutcome.ADVICE);
  const [remark, setRemark] = useState("");
  const say = words().desk.card;
  const { callId } = card;
  const offered = OUTCOMES.filter((one) => one !== CallOutcome.INCIDENT || card.stage === "taken");
  const end = async (): Promise<void> => {
    const ended = await sender.send(
      JSON.stringify([callId, outcome, remark]), (requestId) => ({ requestId, callId, outcome, remark: remark.trim() }),
      (request, options) => call("IntakeService").endCall(request, options),
    );
    if (ended !== undefined) cards.drop(card.id);
  };
  const callBack = async (): Promise<void> => {
    await sender.send(`back ${callId}`, (requestId) => ({ requestId, callId }), (request, options) => call("IntakeService").startCallBack(request, options));
  };
  return (
    <fieldset class="ends">
      <legend>{say.endTitle}</legend>
      <Select label={say.outcome} value={outcome} options={offered.map((one) => [one, say.outcomes[one]] as const)} onPick={setOutcome} />
      <TextField label={say.remark} value={remark} onInput={setRemark} />
      <span class="sends">
        <button id="card-end" type="button" aria-disabled={!sender.may || sender.busy} onClick={() => void end()}>{say.end}</button>
        <button type="button" aria-disabled={!sender.may || sender.busy} onClick={() => void callBack()}>{say.dropped}</button>
      </span>
      {sender.refused === undefined ? null : <Refused refusal={sender.refused} />}
    </fieldset>
  );
}
