// The exceptions: what is not as it should be, each with its age, who has it and what to do. Rows do not move under a hand.
import { useComputed } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import { useConsole } from "../context";
import { maySend } from "../link/state";
import { keyLabel, useKeys } from "../look/keys";
import { Age, Priority } from "../look/look";
import { useSteady } from "../look/steady";
import { language } from "../words/languages";
import { hourMinute, span } from "../words/time";
import { words } from "../words/words";
import { useBoard } from "./around";
import { exceptions, type Exception } from "./exceptions";
import { BoardPanel, useZone, type Table } from "./panel";
import { TakeOver } from "./take";
import { Taking } from "./taking";

/** How many rows are in the page at most; the rest is counted, and in the file. */
const SHOWN_MAX = 200;

/** What an exception says of itself, in the person's language. */
export interface Said {
  readonly what: string;
  readonly about: string;
  readonly owner: string;
  readonly todo: string;
}

/** Puts an exception into words. */
function useSaying(): (one: Exception) => Said {
  const { link, places } = useConsole();
  const said = words().board.exceptions;
  const codes: Readonly<Record<string, string>> = words().codes.alarms;
  return (one) => {
    const incident = link.picture.incidents.get(one.incidentId);
    // what is about an incident as a whole is told by its district; what is about a desk, by the desk
    const where = one.stationId !== "" ? places.value?.station(one.stationId, language.value) ?? one.stationId
      : incident === undefined || one.unitId !== "" ? ""
      : incident.districtId === "" ? words().common.noDistrict : places.value?.district(incident.districtId, language.value) ?? incident.districtId;
    const about = [
      incident === undefined || incident.spokenNumber === "" ? "" : `№ ${incident.spokenNumber}`,
      one.unitId === "" ? "" : places.value?.callsign(one.unitId) ?? one.unitId,
      where,
    ].filter((part) => part !== "").join(" · ");
    const detail = one.detail === "" ? "" : one.kind === "duplicate" ? ` № ${one.detail}` : "";
    return {
      what: one.kind === "alarm" ? codes[one.code] ?? one.code : `${said.kinds[one.kind]}${detail}`,
      about,
      owner: one.owner !== "" ? one.owner : one.toKnow ? "" : said.levels[one.level],
      todo: said.todo[one.kind],
    };
  };
}

interface RowProps {
  readonly row: Exception;
  readonly over: boolean;
  readonly said: Said;
  readonly current: boolean;
  readonly onFocus: () => void;
  readonly onOpen: () => void;
}

function ExceptionRow({ row, over, said, current, onFocus, onOpen }: RowProps) {
  return (
    <li data-over={over} data-know={row.toKnow}>
      <button type="button" class="exception" data-key={row.key} aria-current={current} tabIndex={current ? 0 : -1} onFocus={onFocus} onClick={onOpen}>
        <span class="exception-priority">{row.priority <= 5 ? <Priority of={row.priority} /> : null}</span>
        <span class="exception-what">{over ? <s>{said.what}</s> : said.what}{over ? ` — ${words().board.exceptions.over}` : ""}</span>
        <span class="exception-about">{said.about}</span>
        <span class="exception-owner" data-owned={row.owner !== "" && !row.toKnow}>{row.owner === "" || row.toKnow ? "" : "✓ "}{said.owner}</span>
        <span class="exception-age">{row.since === 0 ? "" : <Age since={row.since} />}</span>
      </button>
    </li>
  );
}

/** What there is to do about one, below the list, where it moves nothing. */
function WhatToDo({ of, said, onTake }: { of: Exception; said: Said; onTake: () => void }) {
  const { link, places, session } = useConsole();
  const { acts, open, past } = useBoard();
  const { exceptions: labels, incident } = words().board;
  const concerned = link.picture.incidents.get(of.incidentId);
  const type = concerned === undefined ? "" : places.value?.type(concerned.incidentTypeId, language.value) ?? "";
  const mayOpen = past === undefined && (session.role === "supervisor" || session.role === "operator");
  return (
    <div class="exception-todo">
      <p><b>{said.what}</b> {said.about}{type === "" ? "" : ` · ${type}`} {of.code === "" ? null : <code class="muted">{of.code}</code>}</p>
      {of.detail === "" || of.kind === "duplicate" ? null : <p class="muted">{of.detail}</p>}
      <p>{said.todo}</p>
      <p class="board-buttons">
        {of.incidentId === "" ? null : <button type="button" onClick={() => open(of.incidentId)}>{incident.show} <kbd>Enter</kbd></button>}
        {of.incidentId === "" || !mayOpen ? null : <a class="button" href={`/desk?incident=${encodeURIComponent(of.incidentId)}`} target="_blank" rel="noopener">{incident.atDesk}</a>}
        {!acts || of.toKnow || !TakeOver.possible(of) ? null
          : <button type="button" disabled={!maySend(link.state.value)} onClick={onTake}>{labels.take} <kbd>{keyLabel("KeyT")}</kbd></button>}
      </p>
    </div>
  );
}

/** Nothing is wrong, or `known` rows are only to know: since when that is so, as far as this window saw. Of the past only the moment is known. */
function AllWell({ known }: { known: boolean }) {
  const { link } = useConsole();
  const { past } = useBoard();
  const zone = useZone();
  const since = useRef(0);
  if (since.current === 0) since.current = link.now();
  const said = words().board.exceptions;
  const [always, then] = known ? [said.nothingToAct, said.nothingToActThen] : [said.allWell, said.allWellThen];
  return <p class="exception-well">{past === undefined ? always(hourMinute(since.current, zone)) : then}</p>;
}

export function Exceptions() {
  const { link, now } = useConsole();
  const { moved, open, acts } = useBoard();
  const list = useRef<HTMLOListElement>(null);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const [taking, setTaking] = useState<Exception | undefined>(undefined);
  const saying = useSaying();
  const found = useComputed(() => {
    moved.value;
    return exceptions(link.picture, now.value);
  });
  const { stood, fresh, settle, hands } = useSteady(found.value);
  const placed = [...stood, ...fresh];
  const rows = placed.slice(0, SHOWN_MAX);
  const index = Math.max(0, rows.findIndex(({ row }) => row.key === chosen));
  const current = rows[index]?.row;
  const labels = words().board.exceptions;
  const step = (by: 1 | -1): void => {
    const focused = list.current?.contains(document.activeElement) === true;
    const to = rows[focused ? Math.min(Math.max(index + by, 0), rows.length - 1) : index];
    if (to === undefined) return;
    setChosen(to.row.key);
    list.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(to.row.key)}"]`)?.focus();
  };
  const take = (): void => {
    // what a take-over is about stays until somebody left it: its reason stands nowhere else
    if (taking === undefined && acts && current !== undefined && !current.toKnow && TakeOver.possible(current) && maySend(link.state.value)) setTaking(current);
  };
  useKeys({ KeyJ: () => step(1), KeyK: () => step(-1), KeyT: take });
  const acting = found.value.filter(({ toKnow }) => !toKnow).length;
  const table = (): Table => ({
    head: [labels.what, words().common.priority, labels.about, labels.age, labels.owner, labels.todoHead, "code", labels.detail],
    rows: found.value.map((one) => {
      const { what, about, owner, todo } = saying(one);
      return [what, one.priority > 5 ? "" : one.priority, about, one.since === 0 ? "" : span(link.now() - one.since), owner, todo, one.code, one.detail];
    }),
  });
  return (
    <BoardPanel title={labels.title} name="exceptions" table={table} aside={<Counts acting={acting} known={found.value.length - acting} fresh={fresh.length} onFresh={settle} />}>
      <div class="exceptions" {...hands}>
        {acting === 0 ? <AllWell known={found.value.length > 0} /> : null}
        {rows.length === 0 ? null : (
          <ol class="exception-list" ref={list} aria-label={labels.title}>
            {rows.map(({ row, over }) => (
              <ExceptionRow key={row.key} row={row} over={over} said={saying(row)} current={row.key === current?.key}
                onFocus={() => setChosen(row.key)} onOpen={() => { setChosen(row.key); if (row.incidentId !== "") open(row.incidentId); }} />
            ))}
            {placed.length > SHOWN_MAX ? <li class="muted board-legend">{labels.more(placed.length - SHOWN_MAX)}</li> : null}
          </ol>
        )}
        {taking !== undefined ? <Taking key={taking.key} of={taking} said={saying(taking)} onDone={() => { setTaking(undefined); step(1); }} />
          : current === undefined ? null : <WhatToDo of={current} said={saying(current)} onTake={take} />}
      </div>
    </BoardPanel>
  );
}

function Counts({ acting, known, fresh, onFresh }: { acting: number; known: number; fresh: number; onFresh: () => void }) {
  const labels = words().board.exceptions;
  return (
    <>
      <span>{labels.toAct(acting)}</span>
      <span class="muted">{labels.toKnow(known)}</span>
      {fresh > 0 ? <button type="button" class="pill" onClick={onFresh}>{labels.fresh(fresh)}</button> : null}
    </>
  );
}
