// The tape: what happened, in words, newest first; and the way into the hours before it.
import { useEffect, useRef, useState } from "preact/hooks";
import { useConsole } from "../context";
import type { Refusal } from "../api/refusal";
import { keyLabel, useKeys } from "../look/keys";
import { Refused } from "../look/look";
import { useSteady } from "../look/steady";
import { hourMinute, timeOfDay } from "../words/time";
import { words } from "../words/words";
import { useBoard } from "./around";
import { useEventWords } from "./event_words";
import { focusOnce } from "./focus";
import { BoardPanel, useZone, type Table } from "./panel";
import { SPEEDS, type Player } from "./replay";
import { keptSince } from "./review";
import type { TapeEvent } from "./tape";

/** How many rows are in the page; the file has them all. */
const SHOWN_MAX = 150;
/** How far back a replay may begin, in minutes. */
const SPANS = [15, 60, 240, 720] as const;
/** How far the arrow keys and the slider go at once. */
const STEP_MS = 1_000;
const LEAP_MS = 10_000;

/** Begins a replay: from when, and at which moment. */
export type Begin = (from: number, at: number) => void;

/** Where the way into the past stands. */
export interface IntoPast {
  readonly begin: Begin;
  readonly leave: () => void;
  /** True while the picture of the beginning is on its way; the board stays live until it is there. */
  readonly coming: boolean;
  /** Why the last beginning came to nothing; `nothing`: there is no record of that time. */
  readonly refused: Refusal | "nothing" | undefined;
}

/** Into the past, while the board is live: how far back, and where to begin. Its right end is now. */
function Into({ into }: { into: IntoPast }) {
  const { begin: onBegin, coming, refused } = into;
  const { link } = useConsole();
  const zone = useZone();
  const [minutes, setMinutes] = useState<number>(60);
  const [back, setBack] = useState(0);
  const said = words().board.replay;
  const begin = (backMs: number): void => {
    const now = link.now();
    onBegin(now - minutes * 60_000, now - backMs);
  };
  const kept = refused === undefined || refused === "nothing" ? undefined : keptSince(refused.facts);
  return (
    <div class="transport">
      <label><span class="visually-hidden">{said.span}</span>
        <select value={minutes} onChange={({ currentTarget }) => { setMinutes(Number(currentTarget.value)); setBack(0); }}>
          {SPANS.map((span) => <option key={span} value={span}>{said.spans[span]}</option>)}
        </select>
      </label>
      <input type="range" class="slider" aria-label={said.slider} aria-valuetext={said.before(Math.round(back / 60_000))} min={-minutes * 60_000} max={0} step={LEAP_MS} value={-back}
        onInput={({ currentTarget }) => setBack(-Number(currentTarget.value))} />
      <span class="muted numbers">{back === 0 ? said.live : hourMinute(link.now() - back, zone)}</span>
      <button type="button" disabled={coming} onClick={() => begin(back === 0 ? minutes * 60_000 : back)}>{said.begin}</button>
      <span role="status" class="muted">{coming ? said.loading : ""}</span>
      {refused === undefined ? null : (
        <div class="transport-refused" role="alert">
          {refused === "nothing" ? <p class="refused">{said.nothing}</p>
            : refused.older === true ? <p class="refused">{said.notKept}</p>
            : refused.unknown ? <p class="refused"><strong>{refused.reason}</strong> {said.unanswered}</p>
            : kept === undefined ? <Refused refusal={refused} />
            : <p class="refused">{said.keptSince(hourMinute(kept, zone))} <button type="button" ref={focusOnce} onClick={() => onBegin(kept + 1_000, kept + 1_000)}>{said.fromThen}</button></p>}
        </div>
      )}
    </div>
  );
}

/** The controls of a replay. */
function Transport({ of }: { of: Player }) {
  const zone = useZone();
  const play = useRef<HTMLButtonElement>(null);
  const said = words().board.replay;
  const playing = of.playing.value;
  const turn = (): void => { if (playing) of.pause(); else of.play(); };
  // whoever asked for the past wants to move in it
  useEffect(() => play.current?.focus(), []);
  useEffect(() => {
    if (!playing) return;
    let last = performance.now();
    const ticks = setInterval(() => {
      const now = performance.now();
      of.pass(now - last);
      last = now;
    }, 100);
    return () => clearInterval(ticks);
  }, [playing, of]);
  useKeys({
    Space: turn,
    BracketLeft: () => of.faster(-1),
    BracketRight: () => of.faster(1),
    ArrowLeft: () => of.seek(of.position.value - LEAP_MS),
    ArrowRight: () => of.seek(of.position.value + LEAP_MS),
  });
  const at = of.position.value;
  return (
    <div class="transport" role="group" aria-label={said.controls}>
      <button type="button" ref={play} data-tone="main" onClick={turn}>{playing ? `❚❚ ${said.pause}` : `▶ ${said.play}`}</button>
      <label><span class="visually-hidden">{said.speed}</span>
        <select value={of.speed.value} onChange={({ currentTarget }) => { while (of.speed.value < Number(currentTarget.value)) of.faster(1); while (of.speed.value > Number(currentTarget.value)) of.faster(-1); }}>
          {SPEEDS.map((speed) => <option key={speed} value={speed}>× {speed}</option>)}
        </select>
      </label>
      <span class="muted numbers">{hourMinute(of.from, zone)}</span>
      <input type="range" class="slider" aria-label={said.slider} aria-valuetext={timeOfDay(at, zone)} min={of.from} max={of.until} step={STEP_MS} value={at}
        onInput={({ currentTarget }) => of.seek(Number(currentTarget.value))} />
      <span class="muted numbers">{hourMinute(of.until, zone)}</span>
      {of.from > of.asked ? <span class="transport-first">{said.sinceFirst(timeOfDay(of.from, zone))}</span> : null}
      <span role="status" class="muted">{of.loading.value === "loading" ? said.loading : of.loading.value === "cut" ? said.cut : ""}</span>
      <span class="muted keys"><kbd>{keyLabel("BracketLeft")}</kbd> <kbd>{keyLabel("BracketRight")}</kbd> {said.speed}</span>
    </div>
  );
}

export function Tape({ events, into }: { events: readonly TapeEvent[]; into: IntoPast }) {
  const { session } = useConsole();
  const { past, open } = useBoard();
  const zone = useZone();
  const [people, setPeople] = useState(false);
  const say = useEventWords();
  const said = words().board.tape;
  const wanted = people ? events.filter(({ system }) => !system) : events;
  // the newest is first, so what comes while a hand is there waits: anywhere else it would stand in the wrong hour
  const { stood, fresh, settle, hands } = useSteady(wanted);
  const table = (): Table => ({
    head: [said.time, "№", said.about, said.what, said.who],
    rows: wanted.map((event) => {
      const { number, about, what, who } = say(event);
      return [timeOfDay(event.at, zone), number, about, what, who];
    }),
  });
  return (
    <BoardPanel title={said.title} name="tape" table={table} aside={
      <>
        <label class="tape-people"><input type="checkbox" checked={people} onChange={({ currentTarget }) => setPeople(currentTarget.checked)} /> {said.people}</label>
        {fresh.length > 0 ? <button type="button" class="pill" onClick={settle}>{said.fresh(fresh.length)}</button> : null}
      </>
    }>
      <div class="tape">
        {past !== undefined ? <Transport of={past} /> : session.role === "supervisor" ? <Into into={into} /> : null}
        <ol class="tape-list" {...hands}>
          {stood.slice(0, SHOWN_MAX).map(({ row: event }) => {
            const { number, about, what, who } = say(event);
            return (
              <li key={event.key} data-system={event.system}>
                <time class="numbers muted">{timeOfDay(event.at, zone)}</time>
                {event.incidentId === "" ? <span>{number}</span> : <button type="button" class="tape-number numbers" onClick={() => open(event.incidentId)}>{number || "№"}</button>}
                <span>{about === "" ? null : <b>{about} </b>}{what}</span>
                <span class="muted">{who}</span>
              </li>
            );
          })}
        </ol>
        {wanted.length === 0 ? <p class="board-empty">{past === undefined ? said.none : said.noneYet}</p> : wanted.length > SHOWN_MAX ? <p class="muted board-legend">{said.more(wanted.length - SHOWN_MAX)}</p> : null}
      </div>
    </BoardPanel>
  );
}
