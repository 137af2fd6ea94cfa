// Taking a matter over: why, and then the alarms become the supervisor's own and the incident keeps who took it and why.
import { useRef, useState } from "preact/hooks";
import { refusal, type Refusal } from "../api/refusal";
import { useConsole } from "../context";
import { maySend } from "../link/state";
import { Refused } from "../look/look";
import { words } from "../words/words";
import type { Exception } from "./exceptions";
import type { Said } from "./exceptions_panel";
import { focusOnce } from "./focus";
import { TakeOver } from "./take";

export function Taking({ of, said, onDone }: { of: Exception; said: Said; onDone: () => void }) {
  const { call, link, session } = useConsole();
  const [reason, setReason] = useState("");
  const [take, setTake] = useState<TakeOver | undefined>(undefined);
  const [refused, setRefused] = useState<Refusal | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  const [unsaid, setUnsaid] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const labels = words().board.exceptions;
  const ready = !busy && reason.trim() !== "" && maySend(link.state.value);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    setUnsaid(reason.trim() === "");
    if (!ready) return;
    const asks = take ?? new TakeOver(of, labels.note(session.name, said.what, reason.trim()));
    setTake(asks);
    setLeaving(false);
    setBusy(true);
    try {
      await asks.run(call);
      // whoever went on to another matter meanwhile keeps that one
      if (form.current !== null) onDone();
    } catch (thrown) {
      const why = refusal(thrown);
      setRefused(why);
      // refused before anything was done: the words may be changed, and are then another request
      if (!why.unknown && !asks.begun) setTake(undefined);
    } finally {
      setBusy(false);
    }
  };
  const leave = (): void => {
    // once it is begun the reason stands nowhere but here until the note is written
    if (take?.unwritten === true && !leaving) setLeaving(true);
    else onDone();
  };
  const key = (event: KeyboardEvent): void => {
    if (event.code !== "Escape") return;
    // it closes this, and nothing around it
    event.stopPropagation();
    event.preventDefault();
    // kept down it would leave what the first press only told of
    if (!event.repeat) leave();
  };
  return (
    <form class="exception-todo board-form" noValidate aria-label={labels.take} ref={form} onSubmit={(event) => void send(event)} onKeyDown={key}>
      <p><b>{labels.take}:</b> {said.what} {said.about}</p>
      <p class="muted">{labels.takeMeans}</p>
      <label>{words().common.reason}
        <input value={reason} maxLength={500} required readOnly={take !== undefined} onInput={({ currentTarget }) => { setReason(currentTarget.value); setUnsaid(false); }} ref={focusOnce} />
      </label>
      <div role="alert">{unsaid ? <span class="mark acts">{labels.needsReason}</span> : null}{leaving ? <span class="mark acts">{labels.unwritten}</span> : null}{refused === undefined ? null : <Refused refusal={refused} />}</div>
      <p class="board-buttons">
        <button type="submit" data-tone="main" aria-disabled={!ready}>{labels.take} <kbd>Enter</kbd></button>
        <button type="button" onClick={leave}>{words().common.cancel} <kbd>Esc</kbd></button>
      </p>
    </form>
  );
}
