// Giving an assignment back to the centre. A report is never refused: the desk says why it cannot send, and who should.
import { useState } from "preact/hooks";
import { useConsole } from "../context";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import { language } from "../words/languages";
import { words } from "../words/words";
import { ownWord, useDesk, type Speaker } from "./desk";
import { Reasons, SayingDialog } from "./form";

export function ReturnDialog({ assignments, speaker, onClose }: { assignments: readonly Assignment[]; speaker: Speaker; onClose: () => void }) {
  const { places } = useConsole();
  const { picture, station: own } = useDesk();
  const { station } = words();
  const [reason, setReason] = useState("");
  const [proposed, setProposed] = useState("");
  const others = [...(places.value?.stations.keys() ?? [])].filter((id) => id !== own);
  // the version is that of the moment of sending: what the screen showed last
  const saying = () => reason === "" ? station.form.choose : assignments.map(({ assignmentId, version }) => ({
    say: "returned", assignmentId, version: String(picture.assignments.get(assignmentId)?.version ?? version), reason, proposed, how: ownWord(speaker),
  } as const));
  return (
    <SayingDialog title={station.return.title(picture.incidents.get(assignments[0]?.incidentId ?? "")?.spokenNumber ?? "")} send={station.return.send} saying={saying} onClose={onClose}>
      <p>{station.return.why}</p>
      <Reasons title={station.form.reason} name="return-reason" reasons={station.return.reasons} value={reason} onChange={setReason} />
      <label>{station.return.proposed}
        <select value={proposed} onChange={(event) => setProposed(event.currentTarget.value)}>
          <option value="">{station.return.nobody}</option>
          {others.map((id) => <option key={id} value={id}>{places.value?.station(id, language.value)}</option>)}
        </select>
      </label>
    </SayingDialog>
  );
}
