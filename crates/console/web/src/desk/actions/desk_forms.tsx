// What a duty desk said by telephone or radio, entered by the operator: that it has an assignment, who goes, that it gives it back.
import type { MessageInitShape } from "@bufbuild/protobuf";
import { useState } from "preact/hooks";
import { useConsole } from "../../context";
import type { Assignment } from "../../contract/kezek/record/v1/assignment_pb";
import { Channel, type ReportSchema } from "../../contract/kezek/record/v1/milestone_pb";
import { language } from "../../words/languages";
import { words } from "../../words/words";
import { CircumstanceFields } from "./circumstances";
import { useEntered } from "./entered";
import { Form, Select, TextField } from "./form";
import { justNow, reportOf } from "./reports";

/** What the forms of a desk share: when and how the word came. */
function useWord(assignment: Assignment) {
  const { link, places } = useConsole();
  const [of, setOf] = useState(() => justNow(Channel.PHONE));
  const zone = places.value?.directory.timeZone ?? "UTC";
  const report = reportOf(of, link.now(), zone);
  return {
    of, setOf, isTime: report !== "odd",
    title: places.value?.station(assignment.stationId, language.value) ?? assignment.stationId,
    /** The report as it is at the moment of sending. */
    report: (): MessageInitShape<typeof ReportSchema> => {
      const now = reportOf(of, link.now(), zone);
      return now === "odd" ? { channel: of.channel } : now;
    },
  };
}

/** A named person at the desk has it. */
export function ReceivedForm({ assignment }: { assignment: Assignment }) {
  const { call } = useConsole();
  const { of, setOf, isTime, title, report } = useWord(assignment);
  const say = words().desk;
  const { assignmentId } = assignment;
  return (
    <Form
      title={`${title}: ${say.detail.received}`} submit={say.detail.received} content={JSON.stringify([assignmentId, of])} ready={isTime && of.person.trim() !== ""}
      make={(requestId) => ({ requestId, assignmentId, person: of.person.trim(), report: report() })}
      act={(request, options) => call("DeskService").reportReceived(request, options)}
    >
      <TextField label={say.reporting.deskPerson} value={of.person} onInput={(person) => setOf({ ...of, person })} />
      <CircumstanceFields of={of} onChange={setOf} person={undefined} milestones={assignment.milestones} />
    </Form>
  );
}

/** The desk sends units of its own. */
export function AcceptedForm({ assignment }: { assignment: Assignment }) {
  const { call, places, link } = useConsole();
  const { of, setOf, isTime, title, report } = useWord(assignment);
  const [typed, setTyped] = useState(assignment.recommendedUnitId === "" ? "" : places.value?.callsign(assignment.recommendedUnitId) ?? "");
  const say = words().desk;
  const { assignmentId, purpose } = assignment;
  const kind = purpose?.purpose.case === "respond" ? purpose.purpose.value.unitKindId : "";
  const mine = [...(places.value?.units.values() ?? [])].filter((unit) => unit.stationId === assignment.stationId && unit.unitKindId === kind);
  const free = mine.filter(({ unitId }) => link.picture.units.get(unitId)?.state?.state.case === "available");
  const named = typed.split(/[\s,]+/).filter((word) => word !== "");
  const unitIds = named.flatMap((word) => mine.filter(({ callsign }) => callsign === word).map(({ unitId }) => unitId));
  return (
    <Form
      title={`${title}: ${say.detail.accepted}`} submit={say.detail.accepted} content={JSON.stringify([assignmentId, of, unitIds])}
      ready={isTime && unitIds.length > 0 && unitIds.length === named.length}
      make={(requestId) => ({ requestId, assignmentId, unitIds, person: of.person.trim(), report: report() })}
      act={(request, options) => call("DeskService").acceptAssignment(request, options)}
    >
      <TextField label={say.reporting.unitsThatGo} value={typed} onInput={setTyped} hint={free.map(({ callsign }) => callsign).join(", ")} />
      <CircumstanceFields of={of} onChange={setOf} person={say.reporting.deskPerson} milestones={assignment.milestones} />
    </Form>
  );
}

/** The desk gives it back. */
export function ReturnedForm({ assignment }: { assignment: Assignment }) {
  const { call, places } = useConsole();
  const { of, setOf, isTime, title, report } = useWord(assignment);
  const [reason, setReason] = useEntered("reason", "");
  const [proposedStationId, setProposed] = useState("");
  const say = words().desk;
  const { assignmentId } = assignment;
  const stations = [...(places.value?.stations.keys() ?? [])].filter((id) => id !== assignment.stationId);
  return (
    <Form
      title={`${title}: ${say.detail.returned}`} submit={say.detail.returned} content={JSON.stringify([assignmentId, of, reason, proposedStationId])}
      ready={isTime && reason.trim() !== ""}
      make={(requestId) => ({ requestId, assignmentId, reason: reason.trim(), proposedStationId, report: report() })}
      act={(request, options) => call("DeskService").returnAssignment(request, options)}
    >
      <TextField label={words().common.reason} value={reason} onInput={setReason} wide />
      <Select
        label={say.reporting.proposes} value={proposedStationId} onPick={setProposed}
        options={[["", "—"], ...stations.map((id) => [id, places.value?.station(id, language.value) ?? id] as const)]}
      />
      <CircumstanceFields of={of} onChange={setOf} person={say.reporting.deskPerson} milestones={assignment.milestones} />
    </Form>
  );
}

/** The desk knows that it was stood down. */
export function DeskStoodDownForm({ assignment }: { assignment: Assignment }) {
  const { call } = useConsole();
  const { of, setOf, isTime, title, report } = useWord(assignment);
  const say = words().desk;
  const { assignmentId } = assignment;
  return (
    <Form
      title={`${title}: ${say.detail.knows}`} submit={say.detail.knows} content={JSON.stringify([assignmentId, of])} ready={isTime}
      make={(requestId) => ({ requestId, assignmentId, report: report() })}
      act={(request, options) => call("DeskService").confirmAssignmentStandDown(request, options)}
    >
      <CircumstanceFields of={of} onChange={setOf} person={say.reporting.deskPerson} milestones={assignment.milestones} />
    </Form>
  );
}
