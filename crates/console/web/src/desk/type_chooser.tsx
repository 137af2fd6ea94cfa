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
  const tongue = language.value;
  const types = places.value?.directory.incidentTypes ?? [];
  const found = useMemo(() => (text === undefined ? [] : choices(types, text)), [types, text]);
  const isOpen = text !== undefined && readOnly !== true;
  const say = words().desk.card;
  const choose = (chosen: ChosenType): void => {
    onChoose(chosen);
    setText(undefined);
  };
  const move = (to: number): void => {
    const next = Math.min(found.length - 1, Math.max(0, to));
    setAt(next);
    list.current?.children[next]?.scrollIntoView({ block: "nearest" });
  };
  /** Takes what the cursor stands on; words that fit nothing stay as they were typed. */
  const take = (): void => {
    const chosen = found[at]?.type;
    if (text === undefined) return;
    if (text.trim() === "") choose({ typeId: "", typeText: "" });
    else if (chosen === undefined) choose({ typeId: "", typeText: text.trim() });
    else choose({ typeId: chosen.incidentTypeId, typeText: "" });
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey) return;
    if (event.code === "ArrowDown" || event.code === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) setText("");
      else move(at + (event.code === "ArrowDown" ? 1 : -1));
    } else if (event.code === "Enter" && isOpen) {
      event.preventDefault();
      // Enter on an untyped list takes what the arrow keys reached
      if (text.trim() === "" && found[at] !== undefined) choose({ typeId: found[at].type.incidentTypeId, typeText: "" });
      else take();
    } else if (event.code === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      setText(undefined);
    }
  };
  return (
    <div class="type-chooser field">
      <label for={id}>{say.type}</label>
      <input
        id={id} role="combobox" aria-expanded={isOpen} aria-controls={`${id}-list`} aria-autocomplete="list" autocomplete="off" readOnly={readOnly === true}
        aria-activedescendant={isOpen && found[at] !== undefined ? `${id}-${at}` : undefined}
        value={text ?? (typeId === "" ? typeText : places.value?.type(typeId, tongue) ?? typeId)}
        onInput={(event) => { setText(event.currentTarget.value); setAt(0); }}
        onFocus={(event) => event.currentTarget.select()}
        onKeyDown={pressed}
        onBlur={take}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={say.type} ref={list} hidden={!isOpen}>
        {isOpen ? found.map((choice, index) => (
          <Choice key={choice.type.incidentTypeId} id={`${id}-${index}`} choice={choice} isAt={index === at} onChoose={choose} />
        )) : null}
      </ul>
      {isOpen && found.length === 0 && text.trim() !== "" ? <p class="muted">{say.typeUnknown}</p> : null}
      {typeId === "" && typeText !== "" && !isOpen ? <p class="muted">{say.typeUnknown}</p> : null}
    </div>
  );
}

function Choice({ id, choice: { type, depth }, isAt, onChoose }: { id: string; choice: TypeChoice; isAt: boolean; onChoose: (chosen: ChosenType) => void }) {
  const { places } = useConsole();
  const tongue = language.value;
  // a type that was found by its words stands alone, so it says which group it is of
  const group = depth === 0 && type.parentIncidentTypeId !== "" ? places.value?.type(type.parentIncidentTypeId, tongue) : undefined;
  return (
    <li
      id={id} role="option" aria-selected={isAt} data-depth={depth}
      onPointerDown={(event) => { event.preventDefault(); onChoose({ typeId: type.incidentTypeId, typeText: "" }); }}
    >
      <Priority of={type.priority} /> {titled(type.title, tongue)}
      {group === undefined ? null : <span class="muted"> · {group}</span>}
    </li>
  );
}
