// What the screen shows while nothing waits: the time, who is ready, and what was last asked of this desk.
import { useConsole } from "../context";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import { typeTitle } from "../look/incident_type";
import { Priority } from "../look/look";
import { day, timeOfDay } from "../words/time";
import { words } from "../words/words";
import { useDesk } from "./desk";
import { lastStepAt } from "./next";
import { placeOf } from "./place";

export function Quiet() {
  const { now, places, link } = useConsole();
  const { units, station: own } = useDesk();
  const { station } = words();
  const zone = places.value?.directory.timeZone;
  link.picture.revision.value;
  const ready = units.filter(({ doing }) => doing === "available").length;
  return (
    <div class="quiet">
      {zone === undefined ? null : <p class="time numbers">{timeOfDay(now.value, zone)}</p>}
      {zone === undefined ? null : <p class="day">{day(now.value, zone)}</p>}
      <p class="ready">{station.quiet.ready(ready, units.length)}</p>
      <p class="muted">{station.quiet.title}</p>
      <Last assignment={latest(link.picture.assignments.values(), own)} />
    </div>
  );
}

function latest(assignments: Iterable<Assignment>, own: string): Assignment | undefined {
  let found: Assignment | undefined;
  for (const one of assignments) {
    if (one.stationId === own && (found === undefined || (lastStepAt(one.milestones) ?? 0) > (lastStepAt(found.milestones) ?? 0))) found = one;
  }
  return found;
}

function Last({ assignment }: { assignment: Assignment | undefined }) {
  const { places, link } = useConsole();
  const { station, common } = words();
  const incident = link.picture.incidents.get(assignment?.incidentId ?? "");
  const zone = places.value?.directory.timeZone ?? "UTC";
  if (assignment === undefined || incident === undefined) return <p class="last muted">{station.quiet.none}</p>;
  const state = assignment.state?.state.case;
  return (
    <p class="last">
      <span class="muted">{station.quiet.last}:</span>{" "}
      <Priority of={incident.priority} /> {station.number(incident.spokenNumber)} · {typeTitle(places.value, incident.incidentTypeId)} · {placeOf(incident)[0]}
      <span class="muted"> {state === undefined ? "" : common.assignmentState[state]} {timeOfDay(lastStepAt(assignment.milestones) ?? 0, zone)}</span>
    </p>
  );
}
