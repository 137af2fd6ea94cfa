// The form of whatever is being entered about the selected incident.
import { useMemo, useRef } from "preact/hooks";
import { useConsole } from "../../context";
import { language } from "../../words/languages";
import type { Whole } from "../history";
import { useDesk, type Action } from "../state";
import { AcceptedForm, DeskStoodDownForm, ReceivedForm, ReturnedForm } from "./desk_forms";
import { CancelForm, CloseForm, MergeForm, ReopenForm, UnmergeForm } from "./ending_forms";
import { Entered, EnteredProvider } from "./entered";
import { HoldForm, LocationForm, NoteForm, PriorityForm, ReleaseForm, RequestForm, TypeForm } from "./incident_forms";
import { CorrectRunForm, RunStepForm, RunStoodDownForm } from "./run_forms";
import { DeskSendForm, SendForm, StandDownForm } from "./sending_forms";

/** One form at a time. Another action, or the same about another incident, is another form, with nothing of the one before in it. */
export function ActionForms({ whole }: { whole: Whole }) {
  const { session } = useConsole();
  const { action } = useDesk();
  const begun = action.value;
  const { incidentId } = whole.incident;
  const entered = useMemo(() => (begun === undefined ? undefined : new Entered(session, incidentId, begun)), [session, incidentId, begun]);
  if (begun === undefined || entered === undefined) return null;
  return <EnteredProvider value={entered}><One key={JSON.stringify([incidentId, begun])} begun={begun} whole={whole} /></EnteredProvider>;
}

function One({ begun, whole }: { begun: Action; whole: Whole }) {
  const { incident } = whole;
  switch (begun.what) {
    case "note": return <NoteForm incident={incident} />;
    case "priority": return <PriorityForm incident={incident} />;
    case "type": return <TypeForm incident={incident} />;
    case "location": return <LocationForm incident={incident} />;
    case "hold": return <HoldForm incident={incident} />;
    case "release": return <ReleaseForm incident={incident} />;
    case "merge": return <MergeForm incident={incident} />;
    case "unmerge": return <UnmergeForm incident={incident} />;
    case "close": return <CloseForm incident={incident} />;
    case "cancel": return <CancelForm incident={incident} />;
    case "reopen": return <ReopenForm incident={incident} />;
    case "request": return <RequestForm incident={incident} />;
    case "desk": return <DeskSendForm incident={incident} />;
    case "send": return <SendForm incident={incident} unitId={begun.unitId} needIndex={begun.needIndex} />;
    case "run":
    case "run_correct":
    case "run_stood_down":
    case "stand_down": return <OfRun begun={begun} whole={whole} />;
    case "received":
    case "accepted":
    case "returned":
    case "desk_stood_down":
    case "stand_down_desk": return <OfDesk begun={begun} whole={whole} />;
  }
}

/** What is over is gone until it is read: the form about it stays, and what the centre says of it is said there. */
function useLast<Found>(found: Found | undefined): Found | undefined {
  const last = useRef(found);
  last.current = found ?? last.current;
  return last.current;
}

function OfRun({ begun, whole }: { begun: Extract<Action, { runId: string }>; whole: Whole }) {
  const { places } = useConsole();
  const run = useLast(whole.runs.find(({ runId }) => runId === begun.runId));
  if (run === undefined) return null;
  switch (begun.what) {
    case "run": return <RunStepForm run={run} step={begun.step} />;
    case "run_correct": return <CorrectRunForm run={run} />;
    case "run_stood_down": return <RunStoodDownForm run={run} />;
    case "stand_down": return <StandDownForm of={{ case: "runId", value: run.runId }} title={places.value?.callsign(run.unitId) ?? run.unitId} />;
  }
}

function OfDesk({ begun, whole }: { begun: Extract<Action, { assignmentId: string }>; whole: Whole }) {
  const { places } = useConsole();
  const assignment = useLast(whole.assignments.find(({ assignmentId }) => assignmentId === begun.assignmentId));
  if (assignment === undefined) return null;
  switch (begun.what) {
    case "received": return <ReceivedForm assignment={assignment} />;
    case "accepted": return <AcceptedForm assignment={assignment} />;
    case "returned": return <ReturnedForm assignment={assignment} />;
    case "desk_stood_down": return <DeskStoodDownForm assignment={assignment} />;
    case "stand_down_desk": {
      const title = places.value?.station(assignment.stationId, language.value) ?? assignment.stationId;
      return <StandDownForm of={{ case: "assignmentId", value: assignment.assignmentId }} title={title} />;
    }
  }
}
