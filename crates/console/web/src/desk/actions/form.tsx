// What every form about an incident shares: its title, its fields, the one button that sends it, the refusal beside what was typed.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import type { CallOptions } from "@connectrpc/connect";
import { Refused } from "../../look/look";
import { words } from "../../words/words";
import { useSender } from "../sending";
import { looksElsewhere, useDesk } from "../state";
import { useForm, type Moved } from "./entered";

/** A form. */
export interface FormProps<Request> {
  readonly title: string;
  /** What the button says: the act itself, not "OK". */
  readonly submit: string;
  /** True once enough is entered to send it. */
  readonly ready: boolean;
  /** What is entered, as a text: the same content is the same request. */
  readonly content: string;
  readonly make: (requestId: string) => Request;
  readonly act: (request: Request, options: CallOptions) => Promise<unknown>;
  /** Where the record moved away from what was begun: the first Enter says that it stands, the next one sends it. */
  readonly moved?: Moved | undefined;
  /** What the record says now, where it can move. */
  readonly now?: string;
  readonly children?: ComponentChildren;
}

/** Shows a form, puts the cursor into its first field, and closes it once it was done. It is out of sight and reach while another incident is looked at. */
export function Form<Request>({ title, submit, ready, content, make, act, moved, now, children }: FormProps<Request>) {
  const desk = useDesk();
  const { done } = desk;
  const hidden = looksElsewhere(desk);
  const entered = useForm();
  const sender = useSender();
  const form = useRef<HTMLFormElement>(null);
  const focus = (): void => {
    const first = form.current?.querySelector<HTMLElement>("input, select, textarea, button");
    first?.focus();
    // a number that stands there is typed over, and words are gone on with
    if (first instanceof HTMLInputElement && /^\d+$/.test(first.value)) first.select();
  };
  // before the next key: a practised hand goes on typing at once
  useLayoutEffect(focus, []);
  // on a low screen it comes below the edge
  useLayoutEffect(() => {
    if (form.current !== null && sender.refused !== undefined) form.current.scrollTop = form.current.scrollHeight;
  }, [sender.refused, hidden]);
  // until its answer comes the record may move by what was sent
  const undecided = sender.busy ? undefined : moved;
  const send = async (): Promise<void> => {
    if (undecided !== undefined) return undecided.stand();
    if (!ready) return;
    const { fields } = entered;
    const answer = await sender.send(content, make, act);
    if (answer === undefined) return;
    entered.sent(fields);
    // whoever went on to another form meanwhile keeps that one
    if (form.current !== null) done();
  };
  const say = words().desk.actions;
  return (
    <form
      class="action" aria-label={title} ref={form} hidden={hidden}
      onSubmit={(event) => { event.preventDefault(); void send(); }}
      onKeyDown={(event) => {
        if (event.code === "Escape") {
          event.preventDefault();
          event.stopPropagation();
          done();
        } else if (event.repeat && (event.code === "Enter" || event.code === "NumpadEnter")) {
          // kept down it would send what the first press only let stand
          event.preventDefault();
        } else if (event.target instanceof HTMLSelectElement && event.code === "Enter" && !event.altKey && !event.ctrlKey) {
          // in a list of choices Enter would open the list; here it does what it does in every other field
          event.preventDefault();
          void send();
        }
      }}
    >
      <h3>{title}</h3>
      <div class="fields">{children}</div>
      <span class="sends">
        <button type="submit" data-tone="main" aria-disabled={!ready || !sender.may || sender.busy} aria-busy={sender.busy}>
          {undecided !== undefined ? say.keepMine : sender.refused?.unknown === true ? say.again : submit} <kbd>Enter</kbd>
        </button>
        <button type="button" onClick={done}>{words().common.cancel} <kbd>Esc</kbd></button>
        {undecided === undefined ? null : (
          <span class="moved" role="alert">
            <span class="mark acts">{say.moved(now ?? "")}</span> <button type="button" class="link" onClick={() => { undecided.take(); focus(); }}>{say.takeThat}</button>
          </span>
        )}
      </span>
      {sender.may ? null : <p class="mark">{say.linkLost}</p>}
      {sender.refused === undefined ? null : <Refused refusal={sender.refused} />}
      {sender.refused?.unknown === true ? <p class="muted">{say.unknown}</p> : null}
    </form>
  );
}

/** A line of text. */
export function TextField({ label, value, onInput, hint, wide, list }: {
  label: string; value: string; onInput: (value: string) => void; hint?: string; wide?: boolean; list?: readonly string[];
}) {
  const id = useId();
  return (
    <label class={wide === true ? "field wide" : "field"}>
      <span>{label}</span>
      <input value={value} placeholder={hint ?? ""} autocomplete="off" list={list === undefined ? "" : id} onInput={(event) => onInput(event.currentTarget.value)} />
      {list === undefined ? null : <datalist id={id}>{list.map((one) => <option key={one} value={one} />)}</datalist>}
    </label>
  );
}

/** One of a few. */
export function Select<Value extends string | number>({ label, value, options, onPick }: {
  label: string; value: Value; options: readonly (readonly [Value, string])[]; onPick: (value: Value) => void;
}) {
  return (
    <label class="field">
      <span>{label}</span>
      <select
        value={String(value)}
        onChange={(event) => {
          const picked = options.find(([one]) => String(one) === event.currentTarget.value);
          if (picked !== undefined) onPick(picked[0]);
        }}
      >
        {options.map(([one, title]) => <option key={one} value={String(one)}>{title}</option>)}
      </select>
    </label>
  );
}
