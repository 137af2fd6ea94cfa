// One incident in place, to be read and not to be changed; or the incidents of a district. Whoever wants to act on one opens it at a desk.
import { useComputed } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { useConsole } from "../context";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import type { Note } from "../contract/kezek/record/v1/note_pb";
import { typeTitle } from "../look/incident_type";
import { Age, Priority } from "../look/look";
import { notedText } from "../look/noted";
import { placeText } from "../look/place_text";
import { goesOn, openedAt, servedBefore } from "../picture/queue";
import { language } from "../words/languages";
import { timeOfDay } from "../words/time";
import { words } from "../words/words";
import { useBoard } from "./around";
import { useEventWords } from "./event_words";
import { belongings } from "./incident_lines";
import { BoardPanel, useZone, type Table } from "./panel";

/** How many rows of a list or of a history are in the page. */
const SHOWN_MAX = 200;

/** Where it is, as far as anybody said. */
function place({ location }: Incident): string {
  return placeText(location, ", ");
}

/** The notes on an incident, fetched anew whenever it changes: the stream tells each but once. Of the past they are on the tape. */
function useNotes({ incidentId, version, noteIds }: Incident): readonly Note[] {
  const { call, session } = useConsole();
  const { past } = useBoard();
  const [notes, setNotes] = useState<readonly Note[]>([]);
  const wanted = past === undefined && noteIds.length > 0 && (session.role === "supervisor" || session.role === "operator");
  useEffect(() => {
    if (!wanted) return setNotes([]);
    const ending = new AbortController();
    call("IncidentService").getIncident({ name: { case: "incidentId", value: incidentId } }, { signal: ending.signal }).then(
      (found) => { if (!ending.signal.aborted) setNotes(found.notes); },
      // the next change asks again; until then what was read stays
      () => undefined,
    );
    return () => ending.abort();
  }, [incidentId, version, wanted]);
  return notes;
}

function Response({ incident, notes }: { incident: Incident; notes: readonly Note[] }) {
  const { link, places } = useConsole();
  const { assignments, runs } = belongings(link.picture, incident, notes);
  const { board, common } = words();
  const said = board.incident;
  return (
    <>
      <h3>{said.needs}</h3>
      <ul>
        {incident.needs.filter(({ units }) => units > 0).map((need, index) => (
          <li key={index}>{places.value?.kind(need.unitKindId, language.value) ?? need.unitKindId} × {need.units}
            {need.shortfall && need.unitsMissing > 0 ? <span class="mark" data-mark="silent">▲ {said.shortfall(need.unitsMissing)}</span> : need.unitsMissing > 0 ? ` — ${said.missing(need.unitsMissing)}` : ""}</li>
        ))}
      </ul>
      <h3>{said.response}</h3>
      {assignments.length === 0 && runs.length === 0 ? <p class="muted">{said.nobody}</p> : null}
      <ul>
        {assignments.map(({ assignmentId, stationId, state }) => (
          <li key={assignmentId}>{places.value?.station(stationId, language.value) ?? stationId}: {state?.state.case === undefined ? "" : common.assignmentState[state.state.case]}
            {state?.state.case === "received" || state?.state.case === "accepted" ? <span class="muted"> {state.state.value.person}</span> : null}</li>
        ))}
        {runs.map(({ runId, unitId, state }) => <li key={runId}>{places.value?.callsign(unitId) ?? unitId}: {state?.state.case === undefined ? "" : common.runState[state.state.case]}</li>)}
      </ul>
      {notes.length === 0 ? null : <h3>{said.notes}</h3>}
      <ul>{notes.map((note) => <li key={note.noteId}>{notedText(note, places.value) || <span class="muted">{said.redacted}</span>} <span class="muted">{note.writtenBy}</span></li>)}</ul>
    </>
  );
}

function History({ incident, notes }: { incident: Incident; notes: readonly Note[] }) {
  const { link } = useConsole();
  const zone = useZone();
  const say = useEventWords();
  const { history } = belongings(link.picture, incident, notes);
  return (
    <>
      <h3>{words().common.history}</h3>
      <ol class="numbers">
        {history.slice(0, SHOWN_MAX).map((event) => {
          const { about, what, who } = say(event);
          return <li key={event.key}><span class="muted">{timeOfDay(event.at, zone)}</span> {about === "" ? "" : `${about}: `}{what} <span class="muted">{who}</span></li>;
        })}
      </ol>
    </>
  );
}

function Summary({ incident }: { incident: Incident }) {
  const { places } = useConsole();
  const notes = useNotes(incident);
  return (
    <div class="incident-summary" tabIndex={0} role="group" aria-label={`${words().common.incident} ${incident.spokenNumber}`}>
      <div>
        <p>{place(incident)} · {incident.districtId === "" ? words().common.noDistrict : places.value?.district(incident.districtId, language.value) ?? incident.districtId}</p>
        <p class="incident-words">{incident.summary}</p>
        <Response incident={incident} notes={notes} />
      </div>
      <div><History incident={incident} notes={notes} /></div>
    </div>
  );
}

/** The incident with this id. */
export function IncidentPanel({ incidentId, onClose }: { incidentId: string; onClose: () => void }) {
  const { link, places, session } = useConsole();
  const { moved, past } = useBoard();
  const found = useComputed(() => {
    moved.value;
    return link.picture.incidents.get(incidentId);
  });
  const incident = found.value;
  const { incident: said } = words().board;
  const mayOpen = past === undefined && (session.role === "supervisor" || session.role === "operator");
  const close = <button type="button" class="close" onClick={onClose}>{words().common.close} <kbd>Esc</kbd></button>;
  if (incident === undefined) return <BoardPanel title={words().common.incident} name="incident" aside={close}><p class="board-empty">{said.gone}</p></BoardPanel>;
  return (
    <BoardPanel title={`№ ${incident.spokenNumber}`} name="incident" aside={
      <>
        <Priority of={incident.priority} />
        <span>{typeTitle(places.value, incident.incidentTypeId)}</span>
        <span class="muted"><Age since={openedAt(incident)} /></span>
        {mayOpen ? <a class="button" href={`/desk?incident=${encodeURIComponent(incidentId)}`} target="_blank" rel="noopener">{said.atDesk}</a> : null}
        {close}
      </>
    }>
      <Summary incident={incident} />
    </BoardPanel>
  );
}

/** Open incidents of a district, first to be served first. */
export function IncidentList({ districtId, priority, onClose }: { districtId: string; priority: number | undefined; onClose: () => void }) {
  const { link, places } = useConsole();
  const { moved, open } = useBoard();
  const found = useComputed(() => {
    moved.value;
    const here = [...link.picture.incidents.values()].filter((one) => goesOn(one) && one.districtId === districtId && (priority === undefined || one.priority === priority));
    return here.sort((one, other) => Number(other.queued) - Number(one.queued) || servedBefore(one, other));
  });
  const { incident: said, heat } = words().board;
  const district = districtId === "" ? words().common.noDistrict : places.value?.district(districtId, language.value) ?? districtId;
  const stands = (incident: Incident): string => (incident.queued ? heat.waiting : incident.state?.state.case === "held" ? said.held : said.served);
  const table = (): Table => ({
    head: ["№", words().common.priority, said.type, said.place, said.state],
    rows: found.value.map((one) => [one.spokenNumber, one.priority, typeTitle(places.value, one.incidentTypeId), place(one), stands(one)]),
  });
  return (
    <BoardPanel title={district} name="list" table={table}
      aside={<>{priority === undefined ? null : <Priority of={priority} />}<button type="button" class="close" onClick={onClose}>{words().common.close} <kbd>Esc</kbd></button></>}>
      {found.value.length === 0 ? <p class="board-empty">{said.none}</p> : null}
      <ol class="exception-list">
        {found.value.slice(0, SHOWN_MAX).map((one) => (
          <li key={one.incidentId}>
            <button type="button" class="incident-row" onClick={() => open(one.incidentId)}>
              <Priority of={one.priority} /><span class="numbers">№ {one.spokenNumber}</span>
              <span>{typeTitle(places.value, one.incidentTypeId)}</span><span class="muted">{place(one)}</span>
              <span>{stands(one)}</span><Age since={openedAt(one)} />
            </button>
          </li>
        ))}
        {found.value.length > SHOWN_MAX ? <li class="muted board-legend">{words().board.exceptions.more(found.value.length - SHOWN_MAX)}</li> : null}
      </ol>
    </BoardPanel>
  );
}
