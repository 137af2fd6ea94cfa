// The history of an incident as lines: when, whose, what, by whom and over which channel; what came late shows both times.
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { useConsole } from "../context";
import { Channel } from "../contract/kezek/record/v1/milestone_pb";
import { changesText } from "../look/noted";
import { language } from "../words/languages";
import { timeOfDay } from "../words/time";
import { words } from "../words/words";
import { followsOn } from "./following";
import { historyOf, type Entry, type Subject, type Whole } from "./history";

/** A report is called late when it was recorded this much after it happened. */
const LATE_MS = 60_000;

export function History({ whole }: { whole: Whole }) {
  const section = useRef<HTMLElement>(null);
  // read again only when a record of it moved, and not at every change anywhere
  const entries = useMemo(() => historyOf(whole), [versionsOf(whole)]);
  const { incidentId } = whole.incident;
  const follows = useRef(true);
  const stood = useRef(0);
  // the newest stands last and is in sight, whatever came and however high the list is now, unless somebody reads further up
  const follow = (): void => {
    if (!follows.current || section.current === null) return;
    section.current.scrollTop = section.current.scrollHeight;
    stood.current = section.current.scrollTop;
  };
  useLayoutEffect(() => { follows.current = true; }, [incidentId]);
  useLayoutEffect(follow, [incidentId, entries]);
  useLayoutEffect(() => {
    if (section.current === null) return undefined;
    const resized = new ResizeObserver(follow);
    // what is in it may grow as well without a new entry: names come, and lines break elsewhere
    for (const one of [section.current, ...section.current.children]) resized.observe(one);
    return () => resized.disconnect();
  }, []);
  const scrolled = ({ currentTarget }: { readonly currentTarget: HTMLElement }): void => {
    follows.current = followsOn(follows.current, stood.current, currentTarget);
    stood.current = currentTarget.scrollTop;
  };
  return (
    <section class="history" aria-label={words().common.history} tabIndex={0} ref={section} onScroll={scrolled}>
      <ol>{entries.map((entry) => <Line key={entry.key} entry={entry} />)}</ol>
    </section>
  );
}

/** A text that is another as soon as one of the records is. */
function versionsOf({ incident, calls, assignments, runs, notes }: Whole): string {
  return [incident, ...calls, ...assignments, ...runs, ...notes].map(({ version }) => version).join(" ") + incident.incidentId;
}

function Line({ entry }: { entry: Entry }) {
  const { places } = useConsole();
  const zone = places.value?.directory.timeZone ?? "UTC";
  const say = words().desk.history;
  const what = changesText(entry.changes, places.value) || ("step" in entry.what ? say.steps[entry.what.step] : say.words[entry.what.words]);
  const late = entry.recordedAt - entry.at > LATE_MS ? say.recordedAt(timeOfDay(entry.recordedAt, zone)) : "";
  const aside = [byWhom(entry), late, entry.correction === "" ? "" : say.corrects(entry.correction)];
  return (
    <li>
      <time class="numbers" dateTime={new Date(entry.at).toISOString()}>{timeOfDay(entry.at, zone)}</time>
      <span>
        <SubjectName subject={entry.subject} /> <span>{what}</span>
        {entry.text === "" ? null : <q>{entry.text}</q>}
        <span class="muted"> {aside.filter((part) => part !== "").join(" · ")}</span>
      </span>
    </li>
  );
}

function SubjectName({ subject }: { subject: Subject }) {
  const { places } = useConsole();
  switch (subject.of) {
    case "incident": return null;
    case "call": return <><strong>☎ {subject.spokenNumber}</strong> <span class="numbers">{subject.callerNumber}</span></>;
    case "station": return <strong>{places.value?.station(subject.stationId, language.value) ?? subject.stationId}</strong>;
    case "unit": return <strong>{places.value?.callsign(subject.unitId) ?? subject.unitId}</strong>;
  }
}

/** `demo.operator, on the word of Asanov, radio`. */
function byWhom(entry: Entry): string {
  const { channels } = words().common;
  const channel: Partial<Record<Channel, string>> = { [Channel.RADIO]: channels.radio, [Channel.PHONE]: channels.phone, [Channel.PAPER]: channels.paper };
  const by = entry.channel === Channel.SYSTEM ? channels.system : entry.by;
  return [by, entry.onBehalfOf === "" ? "" : words().desk.history.onBehalfOf(entry.onBehalfOf), channel[entry.channel] ?? ""].filter((part) => part !== "").join(", ");
}
