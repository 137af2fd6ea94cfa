// Who goes for what is shown, or would.
import { useConsole } from "../context";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import { span } from "../words/time";
import { words } from "../words/words";
import type { AssignmentProps } from "./assignment";
import { cannotGo, free } from "./cannot";
import { useDesk, type Desk } from "./desk";
import { going } from "./fleet";
import { assignmentsOf } from "./next";

/** Who goes, or would. */
export function Goes({ task, picked, work }: Pick<AssignmentProps, "task" | "picked" | "work">) {
  const { places, link } = useConsole();
  const { units } = useDesk();
  const { station } = words();
  const callsign = (unit: string): string => places.value?.callsign(unit) ?? unit;
  if (task === undefined) {
    const out = work?.runs.map((run) => `${callsign(run.unitId)}: ${words().common.runState[run.state?.state.case ?? "sent"]}`) ?? [];
    return out.length === 0 ? null : <span class="goes">{out.join(" · ")}</span>;
  }
  if (task.what === "run_stand_down") return <span class="goes"><strong>{callsign(task.run.unitId)}</strong> {places.value?.units.get(task.run.unitId)?.radioOnly === false ? station.crewConfirms(callsign(task.run.unitId)) : null}</span>;
  const asked = assignmentsOf(task);
  if (task.what === "stand_down") return <StoodDown assignment={task.assignment} work={work} />;
  if (task.assignment.purpose?.purpose.case !== "respond") return null;
  const out = asked.flatMap(({ runIds }) => runIds).flatMap((id) => link.picture.runs.get(id)?.unitId ?? []);
  if (out.length > 0) return <span class="goes">{station.goes.sentByCentre(out.map(callsign).join(", "))}</span>;
  const gone = cannotGo(going(picked, asked), task.assignment, units);
  if (gone !== undefined) {
    const others = free(task.assignment, units).map(({ known }) => known.callsign);
    return (
      <span class="goes gone">
        <strong>{gone}</strong> {others.length === 0 ? station.goes.nobodyFree : station.goes.free(others.join(", "))}
      </span>
    );
  }
  if (picked.length > 0) return <span class="goes">{station.goes.picked(picked.map(callsign).join(", "))}</span>;
  const recommended = going([], asked);
  if (recommended.length === 0) return <span class="goes">{station.goes.nobody}</span>;
  const travel = recommended.map((unit) => travelOf(unit, task.incident, link.picture.recommendations)).find((time) => time !== undefined);
  return <span class="goes">{station.goes.recommended(recommended.map(callsign).join(", "))}{travel === undefined ? null : <span class="travel"> · {station.goes.travel(span(travel * 1_000))}</span>}</span>;
}

/** Who is stood down, and who goes on for the incident all the same: nobody is called off the road who is still wanted. */
function StoodDown({ assignment, work }: { assignment: Assignment; work: AssignmentProps["work"] }) {
  const { places, link } = useConsole();
  const { goes } = words().station;
  const callsign = (unit: string): string => places.value?.callsign(unit) ?? unit;
  const sent = assignment.runIds.flatMap((id) => link.picture.runs.get(id)?.unitId ?? []);
  const who = sent.length > 0 || assignment.recommendedUnitId === "" ? sent : [assignment.recommendedUnitId];
  const others = work?.runs.filter((run) => run.assignmentId !== assignment.assignmentId && run.state?.state.case !== "standDownSent").map(({ unitId }) => unitId) ?? [];
  if (who.length === 0 && others.length === 0) return null;
  return (
    <span class="goes">
      {who.length === 0 ? null : <strong>{goes.stoodDown(who.map(callsign).join(", "))}</strong>}{others.length === 0 ? null : <span class="travel"> · {goes.goOn(others.map(callsign).join(", "))}</span>}
    </span>
  );
}

/** A unit's way in seconds, as the centre reckoned it when it decided. */
function travelOf(unit: string, incident: Incident | undefined, recommendations: Desk["picture"]["recommendations"]): number | undefined {
  const needs = recommendations.get(incident?.recommendationId ?? "")?.needs ?? [];
  return needs.flatMap(({ chosen, next }) => [...chosen, ...next]).find(({ unitId }) => unitId === unit)?.travelTimeS;
}
