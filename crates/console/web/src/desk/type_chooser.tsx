// Choosing a type of incident by typing: a few letters of its title in any language, the arrow keys, Enter.
import { useMemo, useRef, useState } from "preact/hooks";
import { useConsole } from "../context";
import { Priority } from "../look/look";
import { titled } from "../places/places";
import { language } from "../words/languages";
import { words } from "../words/words";
import { choices, type TypeChoice } from "./types";

/** What was chosen: a type of the directory, or words that are none. */
export interface ChosenType {
  readonly typeId: string;
  readonly typeText: string;
}

export function TypeChooser({ id, typeId, typeText, onChoose, readOnly }: { id: string; onChoose: (chosen: ChosenType) => void; readOnly?: boolean } & ChosenType) {
  const { places } = useConsole();
  const [text, setText] = useState<string | undefined>(undefined);
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const before = useRef<ChosenType>({ typeId, typeText });
  const tongue = language.value;
  const types = places.value?.directory.incidentTypes ?? [];
  const found = useMemo(() => (text === undefined ? [] : choices(types, text)), [types, text]);
  const isOpen = text !== undefined && readOnly !== true;
  const say = words().desk.card;
  const open = (typed: string): void => {
    if (text === undefined) before.current = { typeId, typeText };
    setText(typed);
    // nobody points at anything of a list that nothing was typed for
    setAt(typed.trim() === "" ? -1 : 0);
  };
  const close = (): void => setText(undefined);
  const choose = (chosen: TypeChoice | undefined): void => { if (chosen !== undefined) onChoose({ typeId: chosen.type.incidentTypeId, typeText: "" }); };
  /** What is typed is chosen as it is typed: whatever is shown of the type, and whatever is sent, is of what stands here. Words that fit nothing stay as they are. */
  const typed = (now: string): void => {
    open(now);
    const [best] = now.trim() === "" ? [] : choices(types, now);
    if (best === undefined) onChoose({ typeId: "", typeText: now.trim() });
    else choose(best);
  };
  const move = (to: number): void => {
    const next = Math.min(found.length - 1, Math.max(0, to));
    setAt(next);
    choose(found[next]);
    list.current?.children[next]?.scrollIntoView({ block: "nearest" });
  };
  const pressed = (event: KeyboardEvent & { readonly currentTarget: HTMLInputElement }): void => {
    if (event.ctrlKey || event.altKey) return;
    if (event.code === "ArrowDown" || event.code === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) open("");
      else move(at + (event.code === "ArrowDown" ? 1 : -1));
    } else if ((event.code === "Enter" || event.code === "NumpadEnter") && isOpen) {
      event.preventDefault();
      close();
      goOn(event.currentTarget);
    } else if (event.code === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      onChoose(before.current);
      close();
    }
  };
  return (
    <div class="type-chooser field">
      <label for={id}>{say.type}</label>
      <input
        id={id} role="combobox" aria-expanded={isOpen} aria-controls={`${id}-list`} aria-autocomplete="list" autocomplete="off" readOnly={readOnly === true}
        aria-activedescendant={isOpen && found[at] !== undefined ? `${id}-${at}` : undefined}
        value={text ?? (typeId === "" ? typeText : places.value?.type(typeId, tongue) ?? typeId)}
        onInput={(event) => typed(event.currentTarget.value)}
        onFocus={(event) => event.currentTarget.select()}
        onKeyDown={pressed}
        onBlur={close}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={say.type} ref={list} hidden={!isOpen}>
        {isOpen ? found.map((choice, index) => (
          <Choice key={choice.type.incidentTypeId} id={`${id}-${index}`} choice={choice} isAt={index === at} onChoose={() => { choose(choice); close(); }} />
        )) : null}
      </ul>
      {isOpen && found.length === 0 && text.trim() !== "" ? <p class="muted">{say.typeUnknown}</p> : null}
      {typeId === "" && typeText !== "" && !isOpen ? <p class="muted">{say.typeUnknown}</p> : null}
    </div>
  );
}

/** Goes to the field after this one, as Tab does: what is typed next is not part of the type. */
function goOn(from: HTMLInputElement): void {
  const fields = [...from.form?.elements ?? []].filter((one): one is HTMLElement => one instanceof HTMLElement && one.matches("input, select, textarea, button") && !one.matches(":disabled"));
  fields[fields.indexOf(from) + 1]?.focus();
}

function Choice({ id, choice: { type, depth }, isAt, onChoose }: { id: string; choice: TypeChoice; isAt: boolean; onChoose: () => void }) {
  const { places } = useConsole();
  const tongue = language.value;
  // a type that was found by its words stands alone, so it says which group it is of
  const group = depth === 0 && type.parentIncidentTypeId !== "" ? places.value?.type(type.parentIncidentTypeId, tongue) : undefined;
  return (
    <li
      id={id} role="option" aria-selected={isAt} data-depth={depth}
      onPointerDown={(event) => { event.preventDefault(); onChoose(); }}
    >
      <Priority of={type.priority} /> {titled(type.title, tongue)}
      {group === undefined ? null : <span class="muted"> · {group}</span>}
    </li>
  );
}
