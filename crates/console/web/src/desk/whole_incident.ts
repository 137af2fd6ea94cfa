// Everything that belongs to one incident: what the stream brings, and, for what the stream does not carry any more, what was read.
import { useEffect, useState } from "preact/hooks";
import { refusal, type Refusal } from "../api/refusal";
import { useConsole } from "../context";
import { type GetIncidentResponse } from "../contract/kezek/dispatch/v1/incident_service_pb";
import type { Picture } from "../picture/picture";
import { assignmentGoesOn, callGoesOn, runGoesOn } from "../picture/steps";
import { gathered, newer, type Whole } from "./history";

/** Shortest time between two readings of one incident. */
const NOT_SOONER_MS = 1_000;

/** How long after a failure it is read again. */
const AGAIN_MS = 3_000;

/** An incident as it is shown. */
export interface Found {
  readonly whole: Whole | undefined;
  readonly refused: Refusal | undefined;
}

/** What was read of an incident and what the stream brought of it, the newer of each. */
export function merged(incidentId: string, picture: Picture, read: GetIncidentResponse | undefined): Whole | undefined {
  const incident = newer(read?.incident, picture.incidents.get(incidentId));
  if (incident === undefined) return undefined;
  const isFollowed = picture.incidents.has(incidentId);
  // what went on when it was read and has left the picture of an incident that is in it has ended since: it is read again, and not shown as it was
  const byId = <Of>(records: readonly Of[], id: (one: Of) => string, goesOn: (one: Of) => boolean, live: ReadonlyMap<string, Of>): Map<string, Of> =>
    new Map(records.filter((one) => !isFollowed || !goesOn(one) || live.has(id(one))).map((one) => [id(one), one]));
  return {
    incident,
    calls: gathered(incident.callIds, byId(read?.calls ?? [], (one) => one.callId, callGoesOn, picture.calls), picture.calls),
    assignments: gathered(incident.assignmentIds, byId(read?.assignments ?? [], (one) => one.assignmentId, assignmentGoesOn, picture.assignments), picture.assignments),
    runs: gathered(incident.runIds, byId(read?.runs ?? [], (one) => one.runId, runGoesOn, picture.runs), picture.runs),
    notes: gathered(incident.noteIds, byId(read?.notes ?? [], (one) => one.noteId, () => false, picture.notes), picture.notes),
  };
}

/** True if the incident names records that are not here. */
function incomplete({ incident, calls, assignments, runs, notes }: Whole): boolean {
  return calls.length < incident.callIds.length || assignments.length < incident.assignmentIds.length
    || runs.length < incident.runIds.length || notes.length < incident.noteIds.length;
}

/** The incident with everything, kept current. */
export function useWholeIncident(incidentId: string | undefined): Found {
  const { call, link } = useConsole();
  const [attempt, setAttempt] = useState(0);
  const [read, setRead] = useState<{ of: string; answer?: GetIncidentResponse; refused?: Refusal } | undefined>(undefined);
  // read again where the stream says that there is more, and where it carries the incident no more
  void link.picture.revision.value;
  const mine = read?.of === incidentId ? read : undefined;
  const whole = incidentId === undefined ? undefined : merged(incidentId, link.picture, mine?.answer);
  const lacks = incidentId !== undefined && (whole === undefined || incomplete(whole));
  const gone = incidentId !== undefined && !link.picture.incidents.has(incidentId);
  const version = String(whole?.incident.version ?? 0n);
  useEffect(() => {
    if (incidentId === undefined) return undefined;
    const ending = new AbortController();
    let trying: ReturnType<typeof setTimeout> | undefined;
    const reading = setTimeout(() => {
      call("IncidentService").getIncident({ name: { case: "incidentId", value: incidentId } }, { signal: ending.signal })
        .then((answer) => setRead({ of: incidentId, answer }))
        .catch((thrown: unknown) => {
          if (ending.signal.aborted) return;
          const why = refusal(thrown);
          setRead((was) => ({ ...(was?.of === incidentId ? was : {}), of: incidentId, refused: why }));
          // what is not there stays so; whatever else stood in the way, also in the centre's own, may be over soon
          if (why.reason !== "UNKNOWN_INCIDENT" && !why.signedOut) trying = setTimeout(() => setAttempt((tried) => tried + 1), AGAIN_MS);
        });
    }, mine === undefined ? 0 : NOT_SOONER_MS);
    return () => {
      clearTimeout(reading);
      clearTimeout(trying);
      ending.abort();
    };
  // the version does not matter while the stream brings everything
  }, [incidentId, call, gone, lacks ? version : "", attempt]);
  return { whole, refused: whole === undefined ? mine?.refused : undefined };
}
