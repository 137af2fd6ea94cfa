// What was entered in a form and not sent: kept in this browser for its incident and its action until it is sent or taken out again, so that
// whoever looks elsewhere meanwhile finds it again.
import { useLayoutEffect, useState } from "preact/hooks";
import { Typed } from "../../look/typed";
import type { Session } from "../../session/session";
import { surroundings } from "../../surroundings";
import type { Action } from "../state";

/** Under which names it is kept. */
export const KEPT_AS = "action.";

/** Under which name it is kept. */
export function nameOf(incidentId: string, action: Action): string {
  return KEPT_AS + JSON.stringify([incidentId, action]);
}

/** What is kept of a field. */
interface Kept<Value> {
  readonly value: Value;
  /** What the record said in its place when it was begun. */
  readonly upon: Value;
}

/** Everything that was entered for one action about one incident, by field. */
export class Entered {
  readonly #typed: Typed;
  readonly #name: string;

  constructor(session: Session, incidentId: string, action: Action) {
    this.#typed = new Typed(session);
    this.#name = nameOf(incidentId, action);
  }

  /** What was entered and not sent, by field; absent: nothing was. What another build kept in another shape is not taken for it. */
  get fields(): Readonly<Record<string, Kept<unknown>>> | undefined {
    const kept = Object.entries(this.#typed.recall(this.#name) ?? {}).filter(([, one]) => isKept(one));
    return kept.length === 0 ? undefined : Object.fromEntries(kept);
  }

  /** Keeps what a field holds; absent: what it holds by itself, which is not worth keeping. */
  keep(field: string, kept: Kept<unknown> | undefined): void {
    const { [field]: _, ...others } = this.fields ?? {};
    const fields = kept === undefined ? others : { ...others, [field]: kept };
    if (Object.keys(fields).length === 0) this.#typed.drop(this.#name);
    else this.#typed.keep(this.#name, fields, "unsent");
  }

  /** Forgets what was sent. What was entered since stays. */
  sent(fields: Entered["fields"]): void {
    for (const [field, kept] of Object.entries(fields ?? {})) {
      if (same(this.fields?.[field], kept)) this.keep(field, undefined);
    }
  }
}

function isKept(one: unknown): boolean {
  return typeof one === "object" && one !== null && "value" in one && "upon" in one;
}

/** What stands behind an action's name where something was entered for it and not sent. */
export function dots(session: Session, incidentId: string, action: Action): string {
  return new Entered(session, incidentId, action).fields === undefined ? "" : " …";
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Of the form that a field is in. */
export const [EnteredProvider, useForm] = surroundings<Entered>("a form");

/** What to do where the record says something else by now than what a field was begun upon. */
export interface Moved {
  /** Takes what the record says now. */
  readonly take: () => void;
  /** Lets what was entered stand, upon what the record says now. */
  readonly stand: () => void;
}

/**
 * The state of a field, which outlives its form until that is sent. `initial` is what the record says in its place: once that is another, nothing
 * moves in the form, and the third part of the answer is there until a person decided. `meaning` is what of a value is compared. Kept are
 * words with what says their meaning, and a pick that is itself the change. Times, numbers and other picks are not: an hour later they are wrong.
 */
export function useEntered<Value>(field: string, initial: Value, meaning: (value: Value) => unknown = (value) => value): [Value, (value: Value) => void, Moved | undefined] {
  const entered = useForm();
  const mean = (one: Value, other: Value): boolean => same(meaning(one), meaning(other));
  const [{ value, upon }, set] = useState(() => {
    const kept = entered.fields?.[field] as Kept<Value> | undefined;
    return kept === undefined || mean(kept.value, initial) ? { value: initial, upon: initial } : kept;
  });
  const said = mean(value, initial);
  // what the record says by now is unsent no longer
  useLayoutEffect(() => { if (said) entered.keep(field, undefined); }, [said]);
  const put = (next: Kept<Value>): void => {
    set(next);
    entered.keep(field, mean(next.value, initial) || mean(next.value, next.upon) ? undefined : next);
  };
  const moved = said || mean(upon, initial) ? undefined : {
    take: () => put({ value: initial, upon: initial }),
    stand: () => put({ value, upon: initial }),
  };
  return [value, (next) => put({ value: next, upon }), moved];
}
