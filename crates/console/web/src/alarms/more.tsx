// What is known of one matter, and what else can be done about it than to acknowledge it.
import { useState } from "preact/hooks";
import { timestampMs } from "../api/times";
import { useConsole } from "../context";
import type { Alarm } from "../contract/kezek/record/v1/alarm_pb";
import { maySend } from "../link/state";
import { Dialog } from "../look/dialog";
import { typeTitle } from "../look/incident_type";
import { Refused } from "../look/look";
import { language } from "../words/languages";
import { timeOfDay } from "../words/time";
import { words } from "../words/words";
import { sentenceOf, whoOf } from "./about";
import { mayEnd, type Acting } from "./acting";
import { raisedAt, type AlarmRow } from "./rows";
import { shelve, type Shelved } from "./shelf";

/** For how many minutes something can be put aside. */
const SHELVED_FOR_MIN = [5, 10, 15];

/** A row, opened. */
interface MoreProps {
  readonly row: AlarmRow;
  readonly acting: Acting;
  readonly onClose: () => void;
  readonly onShelve: (put: Shelved) => void;
}

export function More({ row, acting, onClose, onShelve }: MoreProps) {
  const { session, link, places } = useConsole();
  const { common } = words();
  const { role } = session;
  const incident = link.picture.incidents.get(row.incidentId);
  return (
    <Dialog title={incident === undefined ? common.alarms : `${common.alarms}: № ${incident.spokenNumber}, ${typeTitle(places.value, incident.incidentTypeId)}`} onClose={onClose}>
      <ul class="alarm-details">{row.alarms.map((alarm) => <Detail key={alarm.alarmId} alarm={alarm} row={row} acting={acting} mayEnd={mayEnd(role)} />)}</ul>
      {acting.refused?.key === row.key ? <Refused refusal={acting.refused.why} /> : null}
      {row.incidentId !== "" && role === "operator" ? <Tell row={row} acting={acting} /> : null}
      <Shelve row={row} onShelve={onShelve} />
    </Dialog>
  );
}

function Detail({ alarm, row, acting, mayEnd: offered }: { alarm: Alarm; row: AlarmRow; acting: Acting; mayEnd: boolean }) {
  const { places, link } = useConsole();
  const [remark, setRemark] = useState("");
  const speech = words();
  const { alarms } = speech;
  const zone = places.value?.directory.timeZone;
  const state = alarm.state?.state;
  const stands = state?.case === "acknowledged" && state.value.acknowledgedBy !== ""
    ? `${alarms.takenBy(state.value.acknowledgedBy)}${zone === undefined || state.value.acknowledgedAt === undefined ? "" : `, ${timeOfDay(timestampMs(state.value.acknowledgedAt), zone)}`}`
    : state?.case === "raised" ? alarms.waiting : alarms.taken;
  return (
    <li>
      <p><strong>{alarm.code}</strong> {[sentenceOf(alarm.code, speech), ...whoOf(alarm, places.value, language.value)].join(" · ")}</p>
      {alarm.detail === "" ? null : <p>{alarm.detail}</p>}
      <p class="muted">{zone === undefined ? "" : `${alarms.raisedAt(timeOfDay(raisedAt(alarm), zone))} · `}{stands} · {speech.codes.page(`${alarm.code}.md`)}</p>
      {offered ? (
        <form class="step" onSubmit={(event) => { event.preventDefault(); void acting.end(row, alarm, remark.trim()); }}>
          <label>{alarms.remark}<input value={remark} maxLength={300} onInput={(event) => setRemark(event.currentTarget.value)} /></label>
          <button disabled={acting.busy || !maySend(link.state.value)}>{alarms.end}</button>
        </form>
      ) : null}
    </li>
  );
}

/** The contract has no step that hands an alarm over; the centre does that by itself after a minute. What can be done is to write it down. */
function Tell({ row, acting }: { row: AlarmRow; acting: Acting }) {
  const { link } = useConsole();
  const [text, setText] = useState("");
  const [told, setTold] = useState(false);
  const { alarms } = words();
  const tell = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (text.trim() === "" || !(await acting.note(row, alarms.tellNote(row.alarms[0]?.code ?? "", text.trim())))) return;
    setText("");
    setTold(true);
  };
  return (
    <section aria-label={alarms.tellTitle}>
      <h3>{alarms.tellTitle}</h3>
      <p class="muted">{alarms.tellWhy}</p>
      <form class="step" onSubmit={(event) => void tell(event)}>
        <label>{alarms.tellText}<input value={text} maxLength={1_000} onInput={(event) => { setText(event.currentTarget.value); setTold(false); }} /></label>
        <button disabled={acting.busy || !maySend(link.state.value)}>{alarms.tell}</button>
      </form>
      <p role="status">{told ? alarms.told : ""}</p>
    </section>
  );
}

function Shelve({ row, onShelve }: { row: AlarmRow; onShelve: (put: Shelved) => void }) {
  const { link } = useConsole();
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState(5);
  const { alarms, common } = words();
  const put = (event: Event): void => {
    event.preventDefault();
    const at = link.now();
    const shelved = shelve(row, reason, at, at + minutes * 60_000);
    if (shelved !== undefined) onShelve(shelved);
  };
  return (
    <section aria-label={alarms.shelveTitle}>
      <h3>{alarms.shelveTitle}</h3>
      <p class="muted">{row.urgent ? alarms.shelveUrgent : alarms.shelveWhy}</p>
      {row.urgent ? null : (
        <form class="step" onSubmit={put}>
          <label>{common.reason}<input required value={reason} maxLength={200} onInput={(event) => setReason(event.currentTarget.value)} /></label>
          <label>{alarms.shelveFor}
            <select value={minutes} onChange={(event) => setMinutes(Number(event.currentTarget.value))}>
              {SHELVED_FOR_MIN.map((count) => <option key={count} value={count}>{common.minutes(count)}</option>)}
            </select>
          </label>
          <button>{alarms.shelve}</button>
        </form>
      )}
    </section>
  );
}
