// The call card: what the caller says, as it is said; possible duplicates before it is saved; what is added and how it ends afterwards.
import { useLayoutEffect, useRef } from "preact/hooks";
import { useConsole } from "../context";
import type { Call } from "../contract/kezek/record/v1/call_pb";
import { LocationMethod } from "../contract/kezek/record/v1/location_pb";
import { maySend } from "../link/state";
import { keyLabel } from "../look/keys";
import { later } from "../look/later";
import { Countdown, Panel, Refused } from "../look/look";
import { words } from "../words/words";
import { AnswerNext } from "./answer_next";
import { isBlank, isNoNumber, placeOf, type Card } from "./call_draft";
import { pointOf } from "../places/coordinates";
import { Duplicates } from "./duplicates";
import { useDesk } from "./state";
import { CardEnd, TakenCard } from "./taken_card";
import type { Taking } from "./taking";
import { TypeChooser } from "./type_chooser";

const WaitingCall = later(() => import("./waiting_call").then((part) => part.WaitingCall));

/** How long a caller may be asked before the card is saved. */
const INTERVIEW_MS = 60_000;

export function CallCard({ taking, handled, onHandled }: { taking: Taking; handled: Call | undefined; onHandled: () => void }) {
  const { cards } = useDesk();
  const card = cards.front.value;
  const say = words().desk.card;
  const asked = card.stage !== "taken" && !isBlank(card);
  return (
    <Panel title={say.title} id="region-card" aside={asked ? <span class="muted">{say.interview} <Countdown due={card.answeredAt + INTERVIEW_MS} from={card.answeredAt} /></span> : null}>
      <div class="card">
        <CardTabs />
        {handled === undefined ? null : <WaitingCall key={handled.callId} call={handled} onDone={onHandled} />}
        <p class="spoken-big numbers" role="status">{card.spokenNumber === "" ? "" : card.spokenNumber}</p>
        {card.stage === "taken" ? <TakenCard key={card.id} card={card} taking={taking} /> : <OpenCard key={card.id} card={card} taking={taking} />}
      </div>
    </Panel>
  );
}

/** The cards of this person: one is in front, the others wait and are not lost. */
function CardTabs() {
  const { cards } = useDesk();
  const all = cards.all.value;
  const say = words().desk.card;
  if (all.length < 2) return null;
  return (
    <div class="card-tabs" role="group" aria-label={say.cards}>
      {all.map((card) => (
        <button key={card.id} type="button" aria-pressed={card.id === cards.front.value.id} onClick={() => cards.bring(card.id)}>
          {[card.spokenNumber, card.callerNumber || card.address || say.empty].filter((part) => part !== "").join(" · ")} {card.stage === "taken" ? "✓" : "…"}
        </button>
      ))}
    </div>
  );
}

function OpenCard({ card, taking }: { card: Card; taking: Taking }) {
  const { link } = useConsole();
  const { cards } = useDesk();
  const say = words().desk.card;
  const fixed = card.stage === "unknown";
  const [busy, refused] = [taking.isTaking(card.id), taking.refused(card.id)];
  const may = maySend(link.state.value);
  const addition = useRef<HTMLTextAreaElement>(null);
  const change = (changed: Partial<Card>): void => cards.change(card.id, changed);
  // from the moment it is sent the fields stand still, and whatever is typed on goes into what is added
  useLayoutEffect(() => {
    if (fixed && document.getElementById("region-card")?.contains(document.activeElement) === true) addition.current?.focus();
  }, [fixed]);
  return (
    <form
      onSubmit={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        // one Tab too many, and the words go on: they are the caller's, and their spaces press no button
        if (event.key.length !== 1 || event.ctrlKey || event.altKey || event.metaKey || !(event.target instanceof HTMLButtonElement)) return;
        (addition.current ?? document.getElementById("card-narrative"))?.focus();
      }}
    >
      <Fields card={card} change={change} fixed={fixed} />
      <p class="without-point" role="status">{isBlank(card) || fixed || placeOf(card) !== undefined ? "" : `⚠ ${say.withoutPoint(keyLabel("Alt+Digit5"))}`}</p>
      {fixed ? (
        <label class="field">
          <span>{say.addition}</span>
          <textarea ref={addition} rows={2} value={card.addition} onInput={(event) => change({ addition: event.currentTarget.value })} />
        </label>
      ) : <Duplicates card={card} change={change} onSame={(choice) => void taking.take(true, choice)} />}
      {may ? null : <p class="mark">{say.keptHere}</p>}
      {fixed && !busy ? <p class="mark acts">{say.unknown}</p> : null}
      {refused === undefined ? null : <Refused refusal={refused} />}
      <div class="sends stays">
        <button type="button" data-tone="main" aria-disabled={busy} aria-busy={busy} onClick={() => void taking.take(true)}>
          {fixed && !busy ? words().desk.actions.again : say.saveAndRoute} <kbd>F8</kbd>
        </button>
        <button type="button" aria-disabled={busy} onClick={() => void taking.take(false)}>{words().common.save} <kbd>{keyLabel("Ctrl+Enter")}</kbd></button>
        <AnswerNext taking={taking} />
      </div>
      {fixed || isBlank(card) ? null : <CardEnd card={card} />}
    </form>
  );
}

interface FieldsProps {
  readonly card: Card;
  readonly change: (changed: Partial<Card>) => void;
  readonly fixed: boolean;
}

/** The fields in the order in which a caller is asked: where first, then what. */
function Fields({ card, change, fixed }: FieldsProps) {
  const say = words().desk.card;
  const point = pointOf(card.coordinates);
  const text = (id: string, label: string, value: string, onInput: (typed: string) => void, hint = "") => (
    <label class="field">
      <span>{label}</span>
      <input id={id} value={value} placeholder={hint} autocomplete="off" readOnly={fixed} onInput={(event) => onInput(event.currentTarget.value)} />
    </label>
  );
  return (
    <div class="card-fields">
      <div class="wide asked">
        {text("card-number", isNoNumber(card.callerNumber) ? say.noNumber : say.callerNumber, card.callerNumber, (callerNumber) => change({ callerNumber }))}
        <Spoken card={card} change={change} fixed={fixed} />
        <PriorityField card={card} change={change} fixed={fixed} />
      </div>
      <div class="wide">{text("card-address", say.address, card.address, (address) => change({ address }))}</div>
      <div class="wide">
        <TypeChooser id="card-type" typeId={card.typeId} typeText={card.typeText} readOnly={fixed} onChoose={(chosen) => change(chosen)} />
      </div>
      {text("card-landmark", say.landmark, card.landmark, (landmark) => change({ landmark }))}
      {text("card-coordinates", point === "odd" ? say.noPoint : say.coordinates, card.coordinates, (coordinates) => change({ coordinates, method: LocationMethod.SPOKEN, uncertaintyM: undefined }), "42.87, 74.59")}
      <label class="field wide">
        <span>{say.narrative}</span>
        <textarea id="card-narrative" rows={2} readOnly={fixed} value={card.narrative} onInput={(event) => change({ narrative: event.currentTarget.value })} />
      </label>
    </div>
  );
}

function Spoken({ card, change, fixed }: FieldsProps) {
  const { places } = useConsole();
  const say = words().desk.card;
  const tags = places.value?.directory.languages ?? [];
  const offered = card.language === "" || tags.includes(card.language) ? tags : [...tags, card.language];
  return (
    <label class="field">
      <span>{say.language}</span>
      <select value={card.language} disabled={fixed} onChange={(event) => change({ language: event.currentTarget.value })}>
        <option value="">—</option>
        {offered.map((tag) => <option key={tag} value={tag}>{words().common.languageNames[tag] ?? tag}</option>)}
      </select>
    </label>
  );
}

function PriorityField({ card, change, fixed }: FieldsProps) {
  const { places } = useConsole();
  const say = words().desk.card;
  const asType = (places.value?.types.get(card.typeId) ?? places.value?.directory.untyped)?.priority;
  return (
    <label class="field">
      <span>{words().common.priority}</span>
      <select value={String(card.priority)} disabled={fixed} onChange={(event) => change({ priority: Number(event.currentTarget.value) })}>
        <option value="0">{asType === undefined ? say.asType : `${asType} ${say.asType}`}</option>
        {[1, 2, 3, 4, 5].map((one) => <option key={one} value={String(one)}>{one}</option>)}
      </select>
    </label>
  );
}
