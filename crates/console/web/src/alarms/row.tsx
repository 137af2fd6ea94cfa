// One row of the strip.
import { Fragment } from "preact";
import type { Refusal } from "../api/refusal";
import { useConsole } from "../context";
import { AlarmLevel } from "../contract/kezek/record/v1/alarm_pb";
import { maySend } from "../link/state";
import { Age, Cut, Priority, Refused } from "../look/look";
import { keyLabel } from "../look/keys";
import { language } from "../words/languages";
import { words } from "../words/words";
import { aboutOf, sentenceOf } from "./about";
import { mayAcknowledge } from "./acting";
import { codesOf, type AlarmRow } from "./rows";

/** A row and what can be done about it. */
interface RowProps {
  readonly row: AlarmRow;
  readonly refused: Refusal | undefined;
  readonly busy: boolean;
  /** True for the one that the key acknowledges. */
  readonly first: boolean;
  readonly onOpen: (incidentId: string) => void;
  readonly onAcknowledge: (row: AlarmRow) => void;
  readonly onMore: () => void;
}

export function Row({ row, refused, busy, first, onOpen, onAcknowledge, onMore }: RowProps) {
  const { link, places, session } = useConsole();
  const speech = words();
  const { alarms } = speech;
  const [gravest] = row.alarms;
  if (gravest === undefined) return null;
  const about = aboutOf(gravest, link.picture, places.value, language.value, speech);
  const taken = row.waiting.length === 0;
  const what = [gravest.code, about.incident, ...about.rest].filter((part) => part !== "").join(" ");
  return (
    <li class="alarm" data-taken={taken} data-urgent={row.urgent} data-alarm={gravest.alarmId}>
      <span class="alarm-mark" aria-hidden="true">{taken ? "" : "!"}</span>
      <span class="alarm-what">
        {row.urgent && !taken ? <span class="visually-hidden">{alarms.urgent}</span> : null}
        {row.priority === 0 ? null : <Priority of={row.priority} />}
        <strong class="codes">{codesOf(row).map(({ code, count }, place) => <Fragment key={code}><span>{place > 0 ? "· " : ""}{code}{count > 1 ? ` ×${count}` : ""}</span> </Fragment>)}</strong>
        <Cut text={sentenceOf(gravest.code, speech)} />
        {about.incident === "" ? null : <button type="button" class="numbers" title={alarms.open} onClick={() => onOpen(row.incidentId)}>{about.incident}</button>}
        <Cut also="muted" text={about.rest.join(", ")} />
      </span>
      <span class="aside">
        {!taken && row.level === AlarmLevel.SUPERVISOR ? <span class="muted">{alarms.forSupervisor}</span> : null}
        {taken ? <span class="muted">{takenBy(row)}</span> : null}
        <Age since={row.since} />
        {taken || !mayAcknowledge(session.role) ? null : (
          <button type="button" disabled={busy || !maySend(link.state.value)} onClick={() => onAcknowledge(row)}>
            {alarms.acknowledge}{first ? <> <kbd>{keyLabel("F9")}</kbd></> : null}<span class="visually-hidden"> {what}</span>
          </button>
        )}
        <button type="button" onClick={onMore}>{alarms.details}…<span class="visually-hidden"> {what}</span></button>
      </span>
      {refused === undefined ? null : <Refused refusal={refused} />}
    </li>
  );
}

/** Who acts on it. */
export function takenBy({ alarms }: AlarmRow): string {
  const state = alarms[0]?.state?.state;
  const who = state?.case === "acknowledged" ? state.value.acknowledgedBy : "";
  return who === "" ? words().alarms.taken : words().alarms.takenBy(who);
}
