// Whether a unit serves an incident already, so that nobody is sent or asked for twice. Mirrors `not_asked_already` in
// `operations/src/dispatch/assign_desk.rs`; what is refused anyway the centre says.
import type { Assignment } from "../../contract/kezek/record/v1/assignment_pb";
import type { Incident } from "../../contract/kezek/record/v1/incident_pb";
import type { Picture } from "../../picture/picture";
import { assignmentGoesOn, runGoesOn } from "../../picture/steps";

/** How a unit serves it: it `goes`, or its desk is `asked` for it and the same need. */
export function servesAs({ runIds, assignmentIds }: Incident, unitId: string, needIndex: number | undefined, picture: Pick<Picture, "runs" | "assignments">): "goes" | "asked" | undefined {
  const runs = runIds.flatMap((id) => picture.runs.get(id) ?? []);
  if (runs.some((run) => run.unitId === unitId && runGoesOn(run))) return "goes";
  const asks = (one: Assignment): boolean =>
    one.recommendedUnitId === unitId && one.purpose?.purpose.case === "respond" && one.purpose.purpose.value.needIndex === needIndex;
  return assignmentIds.flatMap((id) => picture.assignments.get(id) ?? []).some((one) => asks(one) && assignmentGoesOn(one)) ? "asked" : undefined;
}
