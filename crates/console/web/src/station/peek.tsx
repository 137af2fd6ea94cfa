// The caller's words: closed, because a wall screen is read by whoever stands in the corridor, until an officer opens them. They close by
// themselves, and whenever another incident is shown.
import { useEffect, useRef, useState } from "preact/hooks";
import { useConsole } from "../context";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import { notedText } from "../look/noted";
import { span } from "../words/time";
import { words } from "../words/words";

/** For so long they stay open. */
export const OPEN_FOR_MS = 30_000;

/** Pressed for longer than this, they are open only while it is pressed. */
export const HELD_MS = 500;

/** Whether the words of an incident are open. */
export interface Peeking {
  readonly open: boolean;
  /** When they close, by this page's own clock. */
  readonly until: number;
  press(): void;
  release(): void;
  close(): void;
}

/** Opens and closes the words of the incident that is shown. */
export function usePeeking(incident: string | undefined): Peeking {
  const [opened, setOpened] = useState<{ readonly of: string; readonly until: number } | undefined>(undefined);
  const pressed = useRef<number | undefined>(undefined);
  const open = opened !== undefined && opened.of === incident;
  useEffect(() => setOpened(undefined), [incident]);
  useEffect(() => {
    if (opened === undefined) return;
    const close = (): void => setOpened(undefined);
    const closing = setTimeout(close, opened.until - performance.now());
    // whoever walks away from the page leaves nothing open behind
    const hidden = (): void => { if (document.visibilityState !== "visible") close(); };
    document.addEventListener("visibilitychange", hidden);
    return () => {
      clearTimeout(closing);
      document.removeEventListener("visibilitychange", hidden);
    };
  }, [opened]);
  return {
    open, until: opened?.until ?? 0,
    press: () => {
      if (incident === undefined) return;
      pressed.current = open ? undefined : performance.now();
      setOpened(open ? undefined : { of: incident, until: performance.now() + OPEN_FOR_MS });
    },
    release: () => {
      if (pressed.current !== undefined && performance.now() - pressed.current > HELD_MS) setOpened(undefined);
      pressed.current = undefined;
    },
    close: () => setOpened(undefined),
  };
}

/** The words, if they are open; says that they are. */
export function Peek({ incident, peeking }: { incident: Incident; peeking: Peeking }) {
  return (
    <div class="peek" data-open={peeking.open} aria-live="polite">
      {peeking.open ? <><Open until={peeking.until} /><Told incident={incident} /></> : null}
    </div>
  );
}

function Open({ until }: { until: number }) {
  const { now } = useConsole();
  // moved by the tick of the page, measured by its own clock
  now.value;
  const { peek } = words().station;
  return <p class="open" aria-live="off"><strong>{peek.open(span(until - performance.now() + 999))}</strong> <span class="muted">{peek.printsToo}</span></p>;
}

/** What callers said and what was noted. */
export function Told({ incident }: { incident: Incident }) {
  const { link, places } = useConsole();
  const { peek } = words().station;
  const { picture } = link;
  picture.revision.value;
  const calls = incident.callIds.flatMap((id) => picture.calls.get(id) ?? []);
  const notes = incident.noteIds.flatMap((id) => picture.notes.get(id) ?? []);
  const said = [incident.summary, ...calls.flatMap((call) => [call.narrative, ...call.additions.map(({ narrative }) => narrative)])];
  const numbers = calls.map(({ callerNumber }) => callerNumber).filter((number) => number !== "");
  const texts = [...new Set(said.filter((text) => text !== ""))];
  return (
    <dl class="told">
      {numbers.length === 0 ? null : <><dt>{peek.number}</dt><dd class="numbers">{numbers.join(", ")}</dd></>}
      <dt>{peek.words}</dt>
      {texts.length === 0 ? <dd>{peek.nothing}</dd> : texts.map((text) => <dd key={text}>{text}</dd>)}
      {notes.length === 0 ? null : <><dt>{peek.notes}</dt>{notes.map((note) => <dd key={note.noteId}>{notedText(note, places.value)} <span class="muted">({note.writtenBy})</span></dd>)}</>}
    </dl>
  );
}
