// The alarm strip: what a person must see and act on, the gravest first.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useConsole } from "../context";
import { maySend } from "../link/state";
import { stillThere } from "../look/focus";
import { once, useKeys } from "../look/keys";
import { later } from "../look/later";
import { useStaleness } from "../look/look";
import { useSteady, type Placed } from "../look/steady";
import { language } from "../words/languages";
import { span } from "../words/time";
import { words } from "../words/words";
import { aboutOf, sentenceOf } from "./about";
import { mayAcknowledge, useActing } from "./acting";
import { Row } from "./row";
import { concerns, rowsOf, type AlarmRow } from "./rows";
import { apart, keepShelf, shelfOf, type Shelved } from "./shelf";
import { due, type Heard } from "./sounding";
import { sound, sounding } from "./tones";
import "./strip.css";

const More = later(() => import("./more").then((part) => part.More));
const ShelfList = later(() => import("./shelf_list").then((part) => part.ShelfList));

/** What a screen lets its alarm strip know. */
export interface AlarmStripProps {
  /** Only those about this station's desk and units; absent: all that the person may see. */
  readonly station?: string;
  /** Shows the incident of an alarm. */
  readonly onOpen: (incidentId: string) => void;
}

/** How many rows stand in the page at most; the others are counted. */
const ROWS_AT_MOST = 40;
/** For how long the first row must have been the same before a key acknowledges it: what has just moved is not what was read. */
const STEADY_MS = 500;
/** How long it is said why a key did nothing. */
const HINT_MS = 6_000;
/** Tones do not follow each other faster; a little less than the clock's second, so that no tick is missed. */
const SOUNDS_EVERY_MS = 900;
/** How often a screen reader is told at most. */
const SAID_EVERY_MS = 3_000;

export function AlarmStrip({ station, onOpen }: AlarmStripProps) {
  const { session, link, now } = useConsole();
  const rows = useRows(station);
  const [shelf, setShelf] = useShelf(session.desk ?? session.station ?? session.name);
  const { shown, aside } = apart(rows, shelf, now.value);
  const { stood, fresh, hands } = useSteady(shown);
  const came = going(fresh);
  const standing = [...going(stood), ...came];
  const acting = useActing();
  const [more, setMore] = useState<string | undefined>(undefined);
  const [listing, setListing] = useState(false);
  const [all, setAll] = useState(false);
  const [hint, setHint] = useHint();
  useSounding(shown);
  const stale = useStaleness();
  const top = standing[0];
  const any = shown.length > 0;
  const sameSince = useSameSince(top);
  const { alarms } = words();
  const acknowledge = (row: AlarmRow): void => {
    setHint("");
    void acting.acknowledge(row);
  };
  const show = (incidentId: string): void => {
    setAll(false);
    onOpen(incidentId);
  };
  const acknowledgeTop = (event: KeyboardEvent): void => {
    if (event.repeat || top === undefined || top.waiting.length === 0) return;
    if (!maySend(link.state.value)) return setHint(alarms.cannotSend);
    if (performance.now() - sameSince.current < STEADY_MS) return setHint(alarms.changedJustNow);
    acknowledge(top);
  };
  const list = useRef<HTMLOListElement>(null);
  const cameFrom = useRef<Element | null>(null);
  /** All of them, with the keyboard in the list; and back to where that was. */
  const unfold = (): void => {
    cameFrom.current = document.activeElement;
    setAll(true);
    list.current?.querySelector("button")?.focus();
  };
  const fold = (): void => {
    setAll(false);
    if (list.current?.contains(document.activeElement) === true) stillThere(cameFrom.current)?.focus();
  };
  useKeys({
    "Shift+F9": once(() => (all ? fold() : any ? unfold() : undefined)),
    ...(mayAcknowledge(session.role) ? { F9: acknowledgeTop } : {}),
    ...(all ? { Escape: fold } : {}),
  });
  // the next alarm must not cover the screen unasked
  useEffect(() => { if (!any) setAll(false); }, [any]);
  const opened = rows.find(({ key }) => key === more);
  const waiting = shown.filter((row) => row.waiting.length > 0).length;
  return (
    <section class="alarms" aria-label={words().common.alarms} data-waiting={waiting} data-sounding={sounding.value} data-stale={stale !== undefined} data-all={all && any} {...hands}>
      <header>
        {/* of two lines the title gives way: the strip is known by its rows */}
        <h2 class={stale === undefined && came.length === 0 ? "" : "visually-hidden"}>{words().common.alarms}</h2>
        {stale === undefined ? null : <span class="age stale">◷ {span(stale)}</span>}
        {came.length > 0 ? <span class="fresh" title={alarms.fresh(came.length)}>{stale === undefined ? alarms.fresh(came.length) : `+${came.length}`}</span> : null}
        <button type="button" class="shelved" onClick={() => setListing(true)}>{alarms.shelved(aside.length)}</button>
        {any ? (
          <button type="button" class="numbers" aria-expanded={all} title={alarms.all} onClick={() => setAll(!all)}>{alarms.counted(waiting, shown.length - waiting)} <span aria-hidden="true">{all ? "▴" : "▾"}</span></button>
        ) : <span>{alarms.none}</span>}
        <Said rows={shown} hint={hint} />
      </header>
      <ol ref={list}>
        {standing.slice(0, ROWS_AT_MOST).map((row) => (
          <Row
            key={row.key} row={row} refused={acting.refused?.key === row.key ? acting.refused.why : undefined} busy={acting.busy}
            first={row === top} onOpen={show} onAcknowledge={acknowledge} onMore={() => setMore(row.key)}
          />
        ))}
        {standing.length > ROWS_AT_MOST ? <li class="muted">{alarms.more(standing.length - ROWS_AT_MOST)}</li> : null}
      </ol>
      {opened === undefined ? null : (
        <More row={opened} acting={acting} onClose={() => setMore(undefined)} onShelve={(put) => { setShelf([...shelf, put]); setMore(undefined); }} />
      )}
      {listing ? <ShelfList rows={aside} shelf={shelf} onClose={() => setListing(false)} onChange={setShelf} /> : null}
    </section>
  );
}

/** Why a key did nothing, said for as long as it takes to read. */
function useHint(): [string, (hint: string) => void] {
  const [hint, setHint] = useState("");
  useEffect(() => {
    if (hint === "") return;
    const over = setTimeout(() => setHint(""), HINT_MS);
    return () => clearTimeout(over);
  }, [hint]);
  return [hint, setHint];
}

/** The rows as the picture has them. */
function useRows(station: string | undefined): AlarmRow[] {
  const { link, session, places } = useConsole();
  const { picture } = link;
  const revision = picture.revision.value;
  const known = places.value;
  return useMemo(() => {
    const all = [...picture.alarms.values()];
    const mine = station === undefined ? all : all.filter((alarm) => concerns(alarm, station, picture, (unit) => known?.units.get(unit)?.stationId));
    return rowsOf(mine, picture, session.role);
  }, [picture, revision, station, known, session.role]);
}

function useShelf(desk: string): [readonly Shelved[], (next: readonly Shelved[]) => void] {
  const { link } = useConsole();
  const [shelf, setShelf] = useState<readonly Shelved[]>(() => shelfOf(desk, link.now()));
  return [shelf, (next) => {
    keepShelf(desk, next);
    setShelf(next);
  }];
}

/** Those that are not over: what nobody can act on any more does not stay in the strip. */
function going(rows: readonly Placed<AlarmRow>[]): AlarmRow[] {
  return rows.filter(({ over }) => !over).map(({ row }) => row);
}

/** Since when the first row has been the one that it is, on this page's own clock. */
function useSameSince(top: AlarmRow | undefined): { readonly current: number } {
  const name = top === undefined ? "" : `${top.key} ${top.waiting.map(({ alarmId, version }) => `${alarmId} ${version}`).join(" ")}`;
  const since = useRef(0);
  const before = useRef<string | undefined>(undefined);
  if (before.current !== name) {
    before.current = name;
    since.current = performance.now();
  }
  return since;
}

/**
 * Sounds what is due, about one tone a second at most. It is looked for whenever the strip is drawn, and not only when the page's clock ticks: that of
 * a window nobody sees ticks once a minute, and frames reach it all the same.
 */
function useSounding(rows: readonly AlarmRow[]): void {
  const { link, session } = useConsole();
  const heard = useRef<ReadonlyMap<string, Heard>>(new Map());
  const sounded = useRef(-SOUNDS_EVERY_MS);
  useEffect(() => {
    const at = performance.now();
    if (at - sounded.current < SOUNDS_EVERY_MS) return;
    const { tone, heard: next } = due(rows, heard.current, session.role, link.now());
    heard.current = next;
    if (tone === undefined) return;
    sounded.current = at;
    sound(tone);
  });
}

/** Tells a screen reader what is new, and everybody why a key did nothing. The place is there from the start, and speaks seldom. */
function Said({ rows, hint }: { rows: readonly AlarmRow[]; hint: string }) {
  const { link, places } = useConsole();
  const [said, setSaid] = useState("");
  const known = useRef<ReadonlySet<string>>(new Set());
  const last = useRef(-SAID_EVERY_MS);
  const speech = words();
  const at = performance.now();
  useEffect(() => {
    if (at - last.current < SAID_EVERY_MS) return;
    const waiting = rows.flatMap((row) => row.waiting.map((alarm) => ({ row, alarm })));
    const fresh = waiting.find(({ alarm }) => !known.current.has(alarm.alarmId));
    known.current = new Set(waiting.map(({ alarm }) => alarm.alarmId));
    if (fresh === undefined) return;
    last.current = at;
    const { incident, rest } = aboutOf(fresh.alarm, link.picture, places.value, language.value, speech);
    setSaid([fresh.row.urgent ? speech.alarms.urgent : "", sentenceOf(fresh.alarm.code, speech), incident, ...rest].filter((part) => part !== "").join(", "));
  });
  return (
    <>
      <span class="hint" role="status">{hint}</span>
      <span class="visually-hidden" role="status">{said}</span>
    </>
  );
}
