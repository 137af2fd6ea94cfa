// A caller who is to be reached again: how an attempt went, and what becomes of a call whose caller cannot be reached.
import { useEffect, useRef, useState } from "preact/hooks";
import { useConsole } from "../context";
import { CallBackOutcome } from "../contract/kezek/intake/v1/intake_service_pb";
import { CallOutcome, type Call } from "../contract/kezek/record/v1/call_pb";
import { Refused } from "../look/look";
import { words } from "../words/words";
import { Select, TextField } from "./actions/form";
import { numberText } from "./naming";
import { placeText } from "../look/place_text";
import { useSender, type Sender } from "./sending";
import { useDesk } from "./state";

export function WaitingCall({ call, onDone }: { call: Call; onDone: () => void }) {
  const { link } = useConsole();
  const sender = useSender();
  const section = useRef<HTMLElement>(null);
  void link.picture.revision.value;
  // whoever opened it goes on here
  useEffect(() => section.current?.querySelector("button")?.focus(), []);
  // as it stands now: another desk may have dealt with it
  const current = link.picture.calls.get(call.callId) ?? call;
  const say = words().desk.waiting;
  const state = current.state?.state;
  return (
    <section
      class="waiting-call" aria-label={say.title} ref={section}
      onKeyDown={(event) => {
        if (event.code !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        onDone();
        document.getElementById("queue")?.focus();
      }}
    >
      <p>
        <strong class="numbers">☎ {numberText(current.callerNumber, link.picture.incidents.get(current.incidentId))}</strong>{" "}
        <span class="muted numbers">{current.spokenNumber}</span> {placeText(current.location)}
      </p>
      {state?.case === "abandoned" ? <Start call={current} sender={sender} /> : null}
      {state?.case === "callBack" ? <Attempt call={current} sender={sender} onDone={onDone} /> : null}
      {state?.case === "needsDecision" ? <Decide call={current} sender={sender} onDone={onDone} /> : null}
      {sender.refused === undefined ? null : <Refused refusal={sender.refused} />}
      <button type="button" onClick={onDone}>{words().common.close}</button>
    </section>
  );
}

function Start({ call: { callId }, sender }: { call: Call; sender: Sender }) {
  const { call } = useConsole();
  const start = () => sender.send(`start ${callId}`, (requestId) => ({ requestId, callId }), (request, options) => call("IntakeService").startCallBack(request, options));
  return <button type="button" data-tone="main" aria-disabled={!sender.may} onClick={() => void start()}>{words().desk.waiting.start}</button>;
}

const OUTCOMES = [CallBackOutcome.ANSWERED, CallBackOutcome.NO_ANSWER, CallBackOutcome.BUSY, CallBackOutcome.UNREACHABLE] as const;

function Attempt({ call: waiting, sender, onDone }: { call: Call; sender: Sender; onDone: () => void }) {
  const { call } = useConsole();
  const { cards } = useDesk();
  const { callId, version } = waiting;
  const say = words().desk.waiting;
  const report = async (outcome: CallBackOutcome): Promise<void> => {
    const answer = await sender.send(
      JSON.stringify([callId, outcome, String(version)]), (requestId) => ({ requestId, callId, outcome, expectedVersion: version }),
      (request, options) => call("IntakeService").reportCallBack(request, options),
    );
    if (answer === undefined) return;
    if (outcome === CallBackOutcome.ANSWERED) {
      cards.openFor(answer.call ?? waiting);
      onDone();
    }
  };
  return (
    <div class="sends" role="group" aria-label={say.howItWent}>
      {OUTCOMES.map((outcome) => <button key={outcome} type="button" aria-disabled={!sender.may || sender.busy} onClick={() => void report(outcome)}>{say.outcomes[outcome]}</button>)}
    </div>
  );
}

const DECISIONS = [CallOutcome.UNREACHABLE, CallOutcome.SILENT, CallOutcome.SUSPECTED_HOAX, CallOutcome.TRANSFERRED, CallOutcome.ADVICE] as const;

function Decide({ call: waiting, sender, onDone }: { call: Call; sender: Sender; onDone: () => void }) {
  const { call } = useConsole();
  const { select } = useDesk();
  const [outcome, setOutcome] = useState<CallOutcome>(CallOutcome.UNREACHABLE);
  const [remark, setRemark] = useState("");
  const say = words().desk.waiting;
  const { callId, incidentId } = waiting;
  const opened = incidentId !== "";
  const decide = async (): Promise<void> => {
    if (remark.trim() === "") return;
    const answer = await sender.send(
      JSON.stringify([callId, outcome, remark]), (requestId) => ({ requestId, callId, outcome, remark: remark.trim() }),
      (request, options) => call("IntakeService").decideCall(request, options),
    );
    if (answer !== undefined) onDone();
  };
  const open = async (): Promise<void> => {
    const answer = await sender.send(`open ${callId}`, (requestId) => ({ requestId, callId }), (request, options) => call("IncidentService").openIncident(request, options));
    if (answer?.incident !== undefined) select(answer.incident.incidentId);
  };
  const options = [...(opened ? [CallOutcome.INCIDENT] : []), ...DECISIONS].map((one) => [one, words().desk.card.outcomes[one]] as const);
  return (
    <div class="card-fields">
      {opened ? null : <button type="button" class="wide" aria-disabled={!sender.may} onClick={() => void open()}>{say.openIncident}</button>}
      <Select label={words().desk.card.outcome} value={outcome} options={options} onPick={setOutcome} />
      <TextField label={words().common.reason} value={remark} onInput={setRemark} />
      <button type="button" class="wide" aria-disabled={!sender.may || remark.trim() === ""} onClick={() => void decide()}>{say.decide}</button>
    </div>
  );
}
