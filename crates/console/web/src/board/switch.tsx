// The switch for automatic sending: where it stands, who put it there and why; and for a supervisor to put it elsewhere, with a reason.
import { useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import { requestId } from "../api/api";
import { refusal, type Refusal } from "../api/refusal";
import { useConsole } from "../context";
import { AutomaticDispatch, type Dispatch } from "../contract/kezek/record/v1/centre_pb";
import { maySend } from "../link/state";
import { Dialog } from "../look/dialog";
import { Refused } from "../look/look";
import { words } from "../words/words";
import { ReplayMark } from "./panel";
import { useBoard } from "./around";

/** What is asked for, under one id until it was answered. */
interface Asked {
  readonly request: string;
  readonly version: bigint;
  readonly reason: string;
}

/** Asks why, and sends. The reason stays where it was refused. */
function Confirm({ dispatch, to, onDone }: { dispatch: Dispatch; to: AutomaticDispatch; onDone: () => void }) {
  const { call, link } = useConsole();
  const [reason, setReason] = useState("");
  // a request whose outcome is unknown keeps its words as well as its id: the same id must always ask for the same
  const [asked, setAsked] = useState<Asked | undefined>(undefined);
  const [refused, setRefused] = useState<Refusal | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const said = words().board.automatic;
  const on = to === AutomaticDispatch.ON;
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || !maySend(link.state.value) || reason.trim() === "") return;
    const asks = asked ?? { request: requestId(), version: dispatch.version, reason: reason.trim() };
    setAsked(asks);
    setBusy(true);
    try {
      await call("DispatchService").setAutomaticDispatch({ requestId: asks.request, expectedVersion: asks.version, automatic: to, reason: asks.reason });
      onDone();
    } catch (thrown) {
      const why = refusal(thrown);
      setRefused(why);
      if (!why.unknown) setAsked(undefined);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={on ? said.switchOn : said.switchOff} onClose={onDone}>
      <form class="board-form" onSubmit={(event) => void send(event)}>
        <p>{on ? said.onMeans : said.offMeans}</p>
        <label>{words().common.reason}
          <input value={reason} maxLength={250} required readOnly={asked !== undefined} onInput={({ currentTarget }) => setReason(currentTarget.value)} autofocus />
        </label>
        <div role="alert">{refused === undefined ? null : <Refused refusal={refused} />}</div>
        <p class="board-buttons">
          <button type="submit" data-tone="main" aria-disabled={busy || !maySend(link.state.value) || reason.trim() === ""}>{on ? said.switchOn : said.switchOff}</button>
          <button type="button" onClick={onDone}>{words().common.cancel}</button>
        </p>
      </form>
    </Dialog>
  );
}

export function Switch() {
  const { link } = useConsole();
  const { moved, acts } = useBoard();
  const [to, setTo] = useState<AutomaticDispatch | undefined>(undefined);
  const found = useComputed(() => {
    moved.value;
    return link.picture.dispatch;
  });
  const dispatch = found.value;
  const said = words().board.automatic;
  if (dispatch === undefined) return <section class="panel switch" aria-label={said.title} />;
  const off = dispatch.automatic === AutomaticDispatch.OFF;
  const why = `${said.by(dispatch.switchedBy)}${dispatch.reason === "" ? "" : ` — ${dispatch.reason}`}`;
  return (
    <section class="panel switch" aria-label={said.title}>
      <header><h2>{said.title}</h2><ReplayMark /></header>
      <div class="body">
        <p class="switch-state">{off ? <span class="mark" data-mark="silent">▲ {said.off}</span> : said.on}</p>
        {dispatch.switchedBy === "" && dispatch.reason === "" ? null : <p class="switch-why muted" title={why}>{why}</p>}
        {dispatch.holder === "" ? <p><span class="mark" data-mark="silent">▲ {said.nobody}</span></p> : null}
        {acts ? <button type="button" disabled={!maySend(link.state.value)} onClick={() => setTo(off ? AutomaticDispatch.ON : AutomaticDispatch.OFF)}>{off ? said.turnOn : said.turnOff}…<span class="visually-hidden"> {said.title}</span></button> : null}
        {to === undefined ? null : <Confirm dispatch={dispatch} to={to} onDone={() => setTo(undefined)} />}
      </div>
    </section>
  );
}
