// Records for the board's tests: a centre in which every time is said in seconds after a common beginning.
import { create, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs, type Timestamp } from "@bufbuild/protobuf/wkt";
import { AlarmLevel, AlarmSchema, type Alarm } from "../contract/kezek/record/v1/alarm_pb";
import { AssignmentSchema, type Assignment } from "../contract/kezek/record/v1/assignment_pb";
import { IncidentSchema, type Incident } from "../contract/kezek/record/v1/incident_pb";
import { MilestoneSchema, Step, type Milestone } from "../contract/kezek/record/v1/milestone_pb";
import { RunSchema, type Run } from "../contract/kezek/record/v1/run_pb";
import { ReviewChangesResponseSchema, type ReviewChangesResponse } from "../contract/kezek/review/v1/review_service_pb";
import { Picture } from "../picture/picture";
import type { AnyRecord } from "./tape";

/** What a sample says of itself, where it is not as usual. */
type Said<Schema extends DescMessage> = MessageInitShape<Schema>;

/** The common beginning. */
export const START = Date.UTC(2026, 10, 26, 14, 0, 0);

/** So many seconds after it, in milliseconds. */
export const after = (seconds: number): number => START + seconds * 1_000;
export const stamp = (seconds: number): Timestamp => timestampFromMs(after(seconds));

/** A step, reported when it happened. */
export function step(of: Step, seconds: number, by = "duty-leninsky", role = "duty_officer"): Milestone {
  return create(MilestoneSchema, { step: of, occurredAt: stamp(seconds), recordedAt: stamp(seconds), reportedBy: by, reportedByRole: role });
}

export function incident(incidentId: string, more: Said<typeof IncidentSchema> = {}): Incident {
  return create(IncidentSchema, {
    incidentId, spokenNumber: incidentId.toUpperCase(), version: 1n, priority: 2, districtId: "leninsky", stationId: "leninsky", queued: true,
    createdAt: stamp(0), state: { state: { case: "open", value: {} } }, milestones: [step(Step.CREATED, 0, "call-taker", "operator")], ...more,
  } as Said<typeof IncidentSchema>);
}

export function assignment(assignmentId: string, more: Said<typeof AssignmentSchema> = {}): Assignment {
  return create(AssignmentSchema, {
    assignmentId, version: 1n, incidentId: "a", stationId: "leninsky", purpose: { purpose: { case: "respond", value: { needIndex: 0, unitKindId: "patrol" } } },
    answerDue: stamp(30), milestones: [step(Step.SENT, 0, "system", "system")], state: { state: { case: "sent", value: {} } }, ...more,
  } as Said<typeof AssignmentSchema>);
}

export function run(runId: string, more: Said<typeof RunSchema> = {}): Run {
  return create(RunSchema, {
    runId, version: 1n, incidentId: "a", assignmentId: "s", unitId: "leninsky-11", stationId: "leninsky", answerDue: stamp(60),
    milestones: [step(Step.SENT, 0)], state: { state: { case: "sent", value: {} } }, ...more,
  } as Said<typeof RunSchema>);
}

export function alarm(alarmId: string, code: string, more: Said<typeof AlarmSchema> = {}): Alarm {
  return create(AlarmSchema, { alarmId, version: 1n, code, level: AlarmLevel.OPERATOR, raisedAt: stamp(35), state: { state: { case: "raised", value: {} } }, ...more } as Said<typeof AlarmSchema>);
}

/** A picture that has these records. */
export function picture(...records: AnyRecord[]): Picture {
  const made = new Picture();
  made.apply({ reset: true, lineage: "one", through: 1n, records: records.map((record) => ({ $typeName: "kezek.watch.v1.Record", record })), left: [], positions: [] });
  return made;
}

/** A frame of the past: the picture at the beginning where it has no time. */
export function past(seconds: number | undefined, records: readonly AnyRecord[], more: MessageInitShape<typeof ReviewChangesResponseSchema> = {}): ReviewChangesResponse {
  return create(ReviewChangesResponseSchema, {
    lineage: "one", actor: "call-taker", ...(seconds === undefined ? {} : { at: stamp(seconds) }),
    records: records.map((record) => ({ record })) as never, ...more,
  });
}
