// The open incidents that this desk has to do with, each with the time that matters for it now.
import { useRef } from "preact/hooks";
import { useConsole } from "../context";
import { typeTitle } from "../look/incident_type";
import { Age, Countdown, Panel, Priority } from "../look/look";
import { openedAt } from "../picture/queue";
import { words } from "../words/words";
import { useDelivered } from "./delivered";
import { useDesk } from "./desk";
import { dueOf, lastStepAt, phase, sinceOf, type Work } from "./next";
import { placeOf } from "./place";

/** No desk works on more at once; what is beyond is counted. */
const ROWS_MAX = 100;

export function Incidents({ works, shown, onChoose }: { works: readonly Work[]; shown: string | undefined; onChoose: (incident: string) => void }) {
  const { link } = useConsole();
  const { station } = words();
  return (
    <Panel title={station.incidents} aside={<span class="numbers">{works.length}</span>} id="incidents">
      {works.length === 0 && link.trueAt.value !== 0 ? <p class="muted">{station.noIncidents}</p> : null}
      <ul class="works">
        {works.slice(0, ROWS_MAX).map((work) => <Row key={work.incident.incidentId} work={work} shown={work.incident.incidentId === shown} onChoose={onChoose} />)}
      </ul>
      {works.length > ROWS_MAX ? <p class="muted">{station.others(works.length - ROWS_MAX)}</p> : null}
    </Panel>
  );
}

function Row({ work, shown, onChoose }: { work: Work; shown: boolean; onChoose: (incident: string) => void }) {
  const { places } = useConsole();
  const { station: own } = useDesk();
  const { station } = words();
  const { incident, tasks } = work;
  const row = useRef<HTMLLIElement>(null);
  useDelivered(row, work.assignments.find((assignment) => assignment.state?.state.case === "sent"));
  const type = typeTitle(places.value, incident.incidentTypeId);
  const besides = [
    ...work.runs.map((run) => `${places.value?.callsign(run.unitId) ?? run.unitId} ${words().common.runState[run.state?.state.case ?? "sent"]}`),
    incident.leadStationId === own ? station.leads : "",
    incident.noteIds.length > 0 ? station.notes(incident.noteIds.length) : "",
  ].filter((part) => part !== "");
  return (
    <li ref={row}>
      <button type="button" class="work" aria-pressed={shown} data-asks={tasks[0]?.what} onClick={() => onChoose(incident.incidentId)}>
        <Priority of={incident.priority} />
        <strong class="numbers">{incident.spokenNumber}</strong>
        <span class="type" title={type}>{type}</span>
        <span class="since"><Timer work={work} /></span>
        <span class="where" title={placeOf(incident)[0]}>{placeOf(incident)[0]}</span>
        <span class="stage">{stageOf(work)}</span>
        {besides.length === 0 ? null : <span class="units">{besides.join(" · ")}</span>}
      </button>
    </li>
  );
}

function stageOf(work: Work): string {
  const { station, common } = words();
  const [task] = work.tasks;
  if (task !== undefined) return station.what[task.what];
  if (work.mayClose) return station.mayClose;
  const open = work.assignments.find((assignment) => phase(assignment) !== "over");
  return open?.purpose?.purpose.case === "inform" ? common.assignmentState.received : station.what.underway;
}

/** What is left where an answer is due, else for how long it has stood so. */
function Timer({ work }: { work: Work }) {
  const [task] = work.tasks;
  const due = task === undefined ? undefined : dueOf(task);
  const since = task === undefined ? work.runs.map(({ milestones }) => lastStepAt(milestones) ?? 0).sort((one, other) => other - one)[0] ?? openedAt(work.incident) : sinceOf(task);
  if (due !== undefined && since !== undefined) return <Countdown due={due} from={Math.min(since, due)} />;
  return since === undefined ? null : <Age since={since} />;
}
