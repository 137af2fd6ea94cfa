// What a desk says to the centre, as plain data: it is kept with its request id until an answer came, also over a restart, so that nothing is
// said twice and nothing is lost between the finger and the centre.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "../api/times";
import type { Call } from "../api/api";
import { type ReportRunRequestSchema } from "../contract/kezek/crew/v1/run_service_pb";
import type { Channel } from "../contract/kezek/record/v1/milestone_pb";

/** A step that a desk reports for a crew. */
export type CrewStep = "acknowledged" | "enRoute" | "onScene" | "cleared";

/** How the word came: whose it is, over what, when, and what it corrects. */
export interface Circumstances {
  readonly channel: Channel;
  /** On whose word it is entered. Empty: the caller's own. */
  readonly person: string;
  /** When it happened, in milliseconds since 1970; absent: when the centre hears of it. */
  readonly occurredAt?: number;
  /** Why an earlier report was wrong; absent: it is not a correction. */
  readonly correction?: string;
}

/** Something that is said. Versions are written out because they outgrow the numbers of JSON. */
export type Saying =
  | { readonly say: "received"; readonly assignmentId: string; readonly person: string; readonly how: Circumstances }
  | { readonly say: "accepted"; readonly assignmentId: string; readonly version: string; readonly unitIds: readonly string[]; readonly person: string; readonly how: Circumstances }
  | { readonly say: "returned"; readonly assignmentId: string; readonly version: string; readonly reason: string; readonly proposed: string; readonly how: Circumstances }
  | { readonly say: "standDownConfirmed"; readonly assignmentId: string; readonly how: Circumstances }
  | { readonly say: "runStandDownConfirmed"; readonly runId: string; readonly how: Circumstances }
  | { readonly say: "step"; readonly runId: string; readonly step: CrewStep; readonly disposition: string; readonly how: Circumstances }
  | { readonly say: "signOn"; readonly unitId: string; readonly crew: readonly string[] }
  | { readonly say: "signOff"; readonly unitId: string }
  | { readonly say: "outOfService"; readonly unitId: string; readonly reason: string }
  | { readonly say: "inService"; readonly unitId: string }
  | { readonly say: "backup"; readonly incidentId: string; readonly kind: string; readonly units: number; readonly reason: string; readonly how: Circumstances }
  | { readonly say: "close"; readonly incidentId: string; readonly version: string; readonly disposition: string; readonly basis: "registrationNumber" | "lawfulReason"; readonly value: string };

/** What a saying is about: an assignment, a run, a unit or an incident. */
export function aboutOf(saying: Saying): string {
  switch (saying.say) {
    case "received":
    case "accepted":
    case "returned":
    case "standDownConfirmed": return saying.assignmentId;
    case "runStandDownConfirmed":
    case "step": return saying.runId;
    case "signOn":
    case "signOff":
    case "outOfService":
    case "inService": return saying.unitId;
    case "backup":
    case "close": return saying.incidentId;
  }
}

function report(how: Circumstances) {
  return {
    channel: how.channel,
    person: how.person,
    correctionReason: how.correction ?? "",
    ...(how.occurredAt === undefined ? {} : { occurredAt: timestampFromMs(Math.round(how.occurredAt)) }),
  };
}

function step(saying: Extract<Saying, { say: "step" }>): NonNullable<MessageInitShape<typeof ReportRunRequestSchema>["step"]> {
  switch (saying.step) {
    case "acknowledged": return { case: "acknowledged", value: {} };
    case "enRoute": return { case: "enRoute", value: {} };
    case "onScene": return { case: "onScene", value: {} };
    case "cleared": return { case: "cleared", value: { disposition: saying.disposition } };
  }
}

/** Says it to the centre, for an answer within so many milliseconds; throws what the centre refused it with, or that no answer came. */
export async function tell(call: Call, requestId: string, saying: Saying, within?: number): Promise<void> {
  const limit = within === undefined ? {} : { timeoutMs: within };
  switch (saying.say) {
    case "received":
      return void (await call("DeskService").reportReceived({ requestId, assignmentId: saying.assignmentId, person: saying.person, report: report(saying.how) }, limit));
    case "accepted":
      return void (await call("DeskService").acceptAssignment({
        requestId, assignmentId: saying.assignmentId, expectedVersion: BigInt(saying.version), unitIds: [...saying.unitIds], person: saying.person, report: report(saying.how),
      }, limit));
    case "returned":
      return void (await call("DeskService").returnAssignment({
        requestId, assignmentId: saying.assignmentId, expectedVersion: BigInt(saying.version), reason: saying.reason, proposedStationId: saying.proposed, report: report(saying.how),
      }, limit));
    case "standDownConfirmed":
      return void (await call("DeskService").confirmAssignmentStandDown({ requestId, assignmentId: saying.assignmentId, report: report(saying.how) }, limit));
    case "runStandDownConfirmed":
      return void (await call("RunService").confirmRunStandDown({ requestId, runId: saying.runId, report: report(saying.how) }, limit));
    case "step":
      return void (await call("RunService").reportRun({ requestId, runId: saying.runId, step: step(saying), report: report(saying.how) }, limit));
    case "signOn":
      return void (await call("UnitService").signOn({ requestId, unitId: saying.unitId, crew: [...saying.crew] }, limit));
    case "signOff":
      return void (await call("UnitService").signOff({ requestId, unitId: saying.unitId }, limit));
    case "outOfService":
      return void (await call("UnitService").setOutOfService({ requestId, unitId: saying.unitId, reason: saying.reason }, limit));
    case "inService":
      return void (await call("UnitService").returnToService({ requestId, unitId: saying.unitId }, limit));
    case "backup":
      return void (await call("DispatchService").requestResource({ requestId, incidentId: saying.incidentId, unitKindId: saying.kind, units: saying.units, reason: saying.reason, report: report(saying.how) }, limit));
    case "close":
      return void (await call("IncidentService").closeIncident({
        requestId, incidentId: saying.incidentId, expectedVersion: BigInt(saying.version), disposition: saying.disposition, basis: { case: saying.basis, value: saying.value },
      }, limit));
  }
}
