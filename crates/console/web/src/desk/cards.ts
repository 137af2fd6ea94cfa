// The cards of a person, kept in this browser until they are done with or their person signs out: over a reload, the end of an access and a lost
// link. Nothing here sends one.
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { requestId } from "../api/api";
import type { Call } from "../contract/kezek/record/v1/call_pb";
import { Typed } from "../look/typed";
import type { Session } from "../session/session";
import { cardFor, isBlank, isUnsent, newCard, readCard, type Card } from "./call_draft";

/** Under which name a card is kept. */
const KEPT_AS = "card.";

/** The cards of this desk and which is in front. */
export class Cards {
  readonly #all = signal<readonly Card[]>([]);
  readonly #front = signal("");
  readonly #typed: Typed;
  #left = false;
  readonly #now: () => number;
  /** The card in front; there always is one. */
  readonly front: ReadonlySignal<Card>;

  constructor(session: Session, now: () => number) {
    this.#typed = new Typed(session);
    this.#now = now;
    const kept = this.#typed.names.filter((name) => name.startsWith(KEPT_AS)).map((name) => readCard(this.#typed.recall(name)));
    this.#all.value = kept.filter((card) => card !== undefined).sort((one, other) => one.answeredAt - other.answeredAt);
    const last = this.#all.value.at(-1);
    if (last === undefined) this.open();
    else this.#front.value = last.id;
    this.front = computed(() => this.#all.value.find(({ id }) => id === this.#front.value) ?? this.#all.value[0] ?? newCard("", "", 0));
  }

  /** Every card, oldest first. */
  get all(): ReadonlySignal<readonly Card[]> {
    return this.#all;
  }

  /** Brings a card to the front. */
  bring(id: string): void {
    this.#front.value = id;
  }

  /** Opens an empty card; one that is empty already is used. */
  open(): void {
    const blank = this.#all.value.find(isBlank);
    this.#put(blank === undefined ? newCard(requestId(), requestId(), this.#now()) : { ...blank, answeredAt: this.#now() });
  }

  /** Opens the card of a call, or brings the one that it has. */
  openFor(call: Call): void {
    const has = this.#all.value.find(({ callId }) => callId === call.callId);
    if (has !== undefined) return this.bring(has.id);
    const [blank] = this.#all.value.filter(isBlank);
    this.#put(cardFor(call, blank?.id ?? requestId(), requestId(), this.#now()));
  }

  /** Changes the card with this id; nothing if it is gone. */
  change(id: string, changed: Partial<Card>): void {
    const card = this.#all.value.find((one) => one.id === id);
    if (card === undefined) return;
    const next = { ...card, ...changed };
    this.#all.value = this.#all.value.map((one) => (one.id === id ? next : one));
    this.#keep(next);
  }

  /** Leaves it to the records that have come what a call may be the same as: a desk decides about that, and a record that has gone since says nothing more. */
  suspectedByRecord(incidents: ReadonlyMap<string, unknown>): void {
    for (const { id, suspects, incidentId } of this.#all.value) if (suspects.length > 0 && incidents.has(incidentId)) this.change(id, { suspects: [] });
  }

  /** Throws a card away and shows another. */
  drop(id: string): void {
    this.#typed.drop(KEPT_AS + id);
    this.#all.value = this.#all.value.filter((one) => one.id !== id);
    const next = this.#all.value.at(-1);
    if (next === undefined) this.open();
    else if (this.#front.value === id) this.#front.value = next.id;
  }

  /** Follows what another window of the same person does with the cards. Ends when called, and keeps no card from then on: an answer that comes after its person signed out would leave it behind. */
  follow(): () => void {
    const end = this.#typed.follow((name, value) => {
      if (!name.startsWith(KEPT_AS)) return;
      const id = name.slice(KEPT_AS.length);
      const card = readCard(value);
      const others = this.#all.value.filter((one) => one.id !== id);
      this.#all.value = card === undefined ? others : [...others, card].sort((one, other) => one.answeredAt - other.answeredAt);
      if (this.#all.value.length === 0) this.open();
    });
    return () => {
      this.#left = true;
      end();
    };
  }

  #put(card: Card): void {
    this.#all.value = [...this.#all.value.filter(({ id }) => id !== card.id), card];
    this.#front.value = card.id;
    this.#keep(card);
  }

  #keep(card: Card): void {
    if (this.#left) return;
    if (isBlank(card)) this.#typed.drop(KEPT_AS + card.id);
    else this.#typed.keep(KEPT_AS + card.id, card, isUnsent(card) ? "unsent" : "sent");
  }
}
