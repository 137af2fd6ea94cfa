// A call that was taken: its number, how safe it is, what the caller goes on saying, and how it ends.
import { useConsole } from "../context";
import { Durability } from "../contract/kezek/record/v1/cursor_pb";
import { LocationMethod } from "../contract/kezek/record/v1/location_pb";
import { useLayoutEffect, useRef } from "preact/hooks";
import { typeTitle } from "../look/incident_type";
import { keyLabel } from "../look/keys";
import { later } from "../look/later";
import { Refused } from "../look/look";
import { language } from "../words/languages";
import { words } from "../words/words";
import type { Card } from "./call_draft";
import { AnswerNext } from "./answer_next";
import { pointOf } from "../places/coordinates";
import { placeText } from "../look/place_text";
import { useSender } from "./sending";
import { useDesk } from "./state";
import type { Taking } from "./taking";

/** How the call of a card ends. */
export const CardEnd = later(() => import("./card_end").then((part) => part.CardEnd));

export function TakenCard({ card, taking }: { card: Card; taking: Taking }) {
  const { link, places } = useConsole();
  const { select } = useDesk();
  void link.picture.revision.value;
  const incident = link.picture.incidents.get(card.incidentId);
  const say = words().desk.card;
  const refused = taking.refused(card.id);
  const type = card.typeId === "" ? card.typeText : places.value?.type(card.typeId, language.value) ?? card.typeId;
  // until the stream brings the incident the card says what was sent
  const typed = [type, card.address, card.landmark, card.coordinates, card.callerNumber];
  // every desk may decide about it: once the record is there, it says
  const suspected = incident === undefined ? card.suspects : [incident.suspectedDuplicateOf];
  const suspects = suspected.map((id) => link.picture.incidents.get(id)?.spokenNumber).filter((number) => number !== undefined);
  return (
    <div class="taken">
      <p class={card.durability === Durability.JOURNALED && incident === undefined ? "mark strong" : "muted"}>{durabilitySays(card, incident !== undefined)}</p>
      {incident === undefined ? <p>{typed.filter((part) => part !== "").join(" · ")}</p> : (
        <p>
          {incident.spokenNumber === card.spokenNumber ? null : <strong>{say.joined(incident.spokenNumber)} </strong>}
          {typeTitle(places.value, incident.incidentTypeId)} · {placeText(incident.location)}{" "}
          <button type="button" onClick={() => select(incident.incidentId)}>{say.show} <kbd>F8</kbd></button>
        </p>
      )}
      {suspects.length === 0 ? null : <p class="mark">{words().desk.queue.maybe(suspects.join(", "))}</p>}
      <Addition card={card} />
      <CardEnd card={card} />
      {refused === undefined ? null : <Refused refusal={refused} />}
      <div class="sends"><AnswerNext taking={taking} /></div>
    </div>
  );
}

/** Where the call is safe, in words that promise no more than was answered. */
function durabilitySays(card: Card, isShown: boolean): string {
  const say = words().desk.card.durability;
  // once the stream shows the incident the store has it
  if (card.durability === Durability.JOURNALED) return isShown ? say.stored : say.journaled;
  return card.durability === Durability.REPLICATED ? say.replicated : say.stored;
}

function Addition({ card }: { card: Card }) {
  const { call } = useConsole();
  const { cards } = useDesk();
  const sender = useSender();
  const box = useRef<HTMLTextAreaElement>(null);
  const say = words().desk.card;
  const point = pointOf(card.betterCoordinates);
  const isPlace = card.betterAddress.trim() !== "" || (point !== undefined && point !== "odd");
  const ready = card.addition.trim() !== "" || isPlace;
  // whoever saved the card goes on writing here, from the next key on
  useLayoutEffect(() => {
    if (document.activeElement === document.body || document.activeElement === null) box.current?.focus();
  }, [card.id]);
  const send = async (): Promise<void> => {
    if (!ready || point === "odd") return;
    const { addition, betterAddress, betterCoordinates } = card;
    const method = card.betterMethod === LocationMethod.UNSPECIFIED ? LocationMethod.SPOKEN : card.betterMethod;
    const location = { address: betterAddress, ...(point === undefined ? {} : { position: point, method }) };
    const answer = await sender.send(
      JSON.stringify([card.callId, addition, betterAddress, betterCoordinates]),
      (requestId) => ({ requestId, callId: card.callId, narrative: addition, ...(isPlace ? { location } : {}) }),
      (request, options) => call("IntakeService").addToCall(request, options),
    );
    if (answer === undefined) return;
    // what was typed since stays
    const now = cards.all.value.find(({ id }) => id === card.id);
    cards.change(card.id, {
      addition: now?.addition.startsWith(addition) === true ? now.addition.slice(addition.length).trimStart() : now?.addition ?? "",
      betterAddress: "", betterCoordinates: "", betterMethod: LocationMethod.UNSPECIFIED,
    });
  };
  return (
    <div
      class="card-fields"
      onKeyDown={(event) => {
        if (!event.ctrlKey || (event.code !== "Enter" && event.code !== "NumpadEnter")) return;
        event.preventDefault();
        void send();
      }}
    >
      <label class="field wide">
        <span>{say.addition}</span>
        <textarea id="card-addition" ref={box} rows={3} value={card.addition} onInput={(event) => cards.change(card.id, { addition: event.currentTarget.value })} />
      </label>
      <label class="field">
        <span>{say.betterAddress}</span>
        <input value={card.betterAddress} autocomplete="off" onInput={(event) => cards.change(card.id, { betterAddress: event.currentTarget.value })} />
      </label>
      <label class="field">
        <span>{point === "odd" ? say.noPoint : say.coordinates}</span>
        <input
          value={card.betterCoordinates} autocomplete="off" placeholder="42.87, 74.59"
          onInput={(event) => cards.change(card.id, { betterCoordinates: event.currentTarget.value, betterMethod: LocationMethod.SPOKEN })}
        />
      </label>
      <div class="wide sends">
        <button type="button" aria-disabled={!ready || point === "odd" || !sender.may || sender.busy} aria-busy={sender.busy} onClick={() => void send()}>
          {sender.refused?.unknown === true ? words().desk.actions.again : say.add} <kbd>{keyLabel("Ctrl+Enter")}</kbd>
        </button>
      </div>
      {sender.refused === undefined ? null : <div class="wide"><Refused refusal={sender.refused} /></div>}
    </div>
  );
}
