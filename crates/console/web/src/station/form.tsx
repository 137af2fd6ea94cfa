// Parts of the small forms of a desk: a choice with words of one's own, how the word came, and sending with the refusal beside it.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useConsole } from "../context";
import type { Refusal } from "../api/refusal";
import { Channel, type Milestone } from "../contract/kezek/record/v1/milestone_pb";
import { Dialog } from "../look/dialog";
import { Refused } from "../look/look";
import { isBeforeSent } from "../picture/steps";
import { momentOf, momentText } from "../words/moment";
import { words } from "../words/words";
import { useDesk } from "./desk";
import type { Circumstances, Saying } from "./saying";

/** That a record moved while a dialog was open. */
export interface Moved {
  /** What it says now. */
  readonly says: string;
  /** What the button says that lets what was entered stand all the same. */
  readonly stands: string;
  readonly stand: () => void;
}

/** A dialog that says something to the centre. It stays open with what was typed where the centre refuses, and closes where it is done, or kept until a person confirms it. */
export function SayingDialog({ title, send, saying, onClose, sure = false, moved, children }: {
  title: string;
  /** What the button says. */
  send: string;
  /** What would be said; a text is why nothing can be said yet. */
  saying: () => Saying | readonly Saying[] | string;
  onClose: () => void;
  /** True where nothing is filled in and the button is all there is. */
  sure?: boolean;
  /** Where the record moved away from what it was opened upon: the first Enter says that it stands, the next one says it. */
  moved?: Moved | undefined;
  children: ComponentChildren;
}) {
  const { say, sayings } = useDesk();
  const [refused, setRefused] = useState<Refusal | undefined>(undefined);
  const [missing, setMissing] = useState("");
  const [sending, setSending] = useState(false);
  // until its answer comes the record may move by what was said
  const undecided = sending ? undefined : moved;
  const submit = async (): Promise<void> => {
    if (undecided !== undefined) return undecided.stand();
    const said = saying();
    setMissing(typeof said === "string" ? said : "");
    if (typeof said === "string" || sending) return;
    setSending(true);
    const left = await Promise.all([said].flat().map(say));
    setSending(false);
    const refusals = left.flatMap((one) => (one?.state === "refused" ? [one] : []));
    if (refusals.length === 0) return onClose();
    // it is shown here, beside what was typed
    for (const { id } of refusals) sayings.drop(id);
    setRefused(refusals[0]?.refusal);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form
        class="saying" onSubmit={(event) => { event.preventDefault(); void submit(); }}
        // kept down it would say what the first press only let stand
        onKeyDown={(event) => { if (event.repeat && (event.code === "Enter" || event.code === "NumpadEnter")) event.preventDefault(); }}
      >
        {children}
        <div role="alert">
          {missing === "" ? null : <p class="missing">{missing}</p>}
          {undecided === undefined ? null : <p class="missing">{undecided.says}</p>}
        </div>
        {refused === undefined ? null : <Refused refusal={refused} />}
        <button data-tone="main" autofocus={sure} aria-disabled={sending}>{undecided === undefined ? send : undecided.stands}</button>
      </form>
    </Dialog>
  );
}

/** One of some reasons, or words of one's own. */
export function Reasons({ title, reasons, name, value, onChange }: { title: string; reasons: readonly string[]; name: string; value: string; onChange: (reason: string) => void }) {
  const { form } = words().station;
  const [chosen, setChosen] = useState("");
  const [own, setOwn] = useState("");
  const said = (reason: string, added: string): string => [reason, added.trim()].filter((part) => part !== "").join(": ");
  return (
    <fieldset class="reasons">
      <legend>{title}</legend>
      {reasons.map((reason, place) => (
        <label key={reason} class="choice">
          <input type="radio" autofocus={place === 0} name={name} checked={chosen === reason} onChange={() => { setChosen(reason); onChange(said(reason, own)); }} />
          {reason}
        </label>
      ))}
      <label>{form.ownWords}<input value={own} maxLength={400} aria-describedby={`${name}-said`} onInput={(event) => { setOwn(event.currentTarget.value); onChange(said(chosen, event.currentTarget.value)); }} /></label>
      <output id={`${name}-said`} class="muted">{value}</output>
    </fieldset>
  );
}

/** How the word came, as somebody fills it in. */
export interface Told {
  readonly channel: Channel;
  /** As it was typed; empty: now. */
  readonly time: string;
  /** Why an earlier report was wrong; empty: it was not. */
  readonly correction: string;
}

/** Over what the word came, when it happened, and whether it corrects what was said before. `milestones` are those of whoever it is about: a time before they were sent is cautioned. */
export function HowTold({ told, onChange, corrects, milestones }: { told: Told; onChange: (told: Told) => void; corrects: boolean; milestones: readonly Milestone[] }) {
  const { link, places } = useConsole();
  const { station: { form }, common, command } = words();
  const zone = places.value?.directory.timeZone ?? "UTC";
  const moment = momentOf(told.time, link.now(), zone);
  const early = typeof moment === "number" && isBeforeSent(milestones, moment);
  const channels = [[Channel.RADIO, common.channels.radio], [Channel.PHONE, common.channels.phone], [Channel.PAPER, common.channels.paper]] as const;
  return (
    <>
      <label>{form.channel}
        <select value={told.channel} onChange={(event) => onChange({ ...told, channel: Number(event.currentTarget.value) })}>
          {channels.map(([channel, name]) => <option key={channel} value={channel}>{name}</option>)}
        </select>
      </label>
      <label>{form.time}{typeof moment === "number" ? `: ${momentText(moment, link.now(), zone)}` : ""}<input inputMode="numeric" autocomplete="off" value={told.time} placeholder="14:03" onInput={(event) => onChange({ ...told, time: event.currentTarget.value })} /></label>
      <div role="status">{early ? <p class="missing">⚠ {command.cautions["BEFORE_SENT"]}</p> : null}</div>
      {corrects ? <label>{form.corrects}<input value={told.correction} maxLength={400} onInput={(event) => onChange({ ...told, correction: event.currentTarget.value })} /></label> : null}
    </>
  );
}

/** Reads how the word came; a text is what is wrong with it. */
export function useHowTold(): (told: Told, person: string) => Circumstances | string {
  const { link, places } = useConsole();
  return (told, person) => {
    const zone = places.value?.directory.timeZone ?? "UTC";
    const occurredAt = momentOf(told.time, link.now(), zone);
    if (occurredAt === "odd") return words().station.form.timeWrong;
    const correction = told.correction.trim();
    return { channel: told.channel, person, ...(occurredAt === undefined ? {} : { occurredAt }), ...(correction === "" ? {} : { correction }) };
  };
}
