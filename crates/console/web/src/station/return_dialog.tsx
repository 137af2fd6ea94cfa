// Giving an assignment back to the centre. A report is never refused: the desk says why it cannot send, and who should.
import { useState } from "preact/hooks";
import { useConsole } from "../context";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import { assignmentGoesOn } from "../picture/steps";
import { language } from "../words/languages";
import { words } from "../words/words";
import { ownWord, useDesk, type Speaker } from "./desk";
import { Reasons, SayingDialog } from "./form";

export function ReturnDialog({ assignments, speaker, onClose }: { assignments: readonly Assignment[]; speaker: Speaker; onClose: () => void }) {
  const { places } = useConsole();
  const { picture, station: own } = useDesk();
  const { station, common } = words();
  const now = assignments.map(({ assignmentId }) => picture.assignments.get(assignmentId));
  const meaning = JSON.stringify(now.map(standing));
  const [upon, setUpon] = useState(meaning);
  const [reason, setReason] = useState("");
  const [proposed, setProposed] = useState("");
  const others = [...(places.value?.stations.keys() ?? [])].filter((id) => id !== own);
  // what went back already, of several, is not given back again
  const left = now.flatMap((one) => (one !== undefined && assignmentGoesOn(one) ? [one] : []));
  // upon what is shown here, and nothing that came since
  const saying = () => reason === "" ? station.form.choose : (left.length > 0 ? left : assignments).map(({ assignmentId, version }) => ({
    say: "returned", assignmentId, version: String(version), reason, proposed, how: ownWord(speaker),
  } as const));
  const callsign = (run: string): string => places.value?.callsign(picture.runs.get(run)?.unitId ?? "") ?? "";
  const says = (one: Assignment | undefined): string => {
    const { at, runs } = standing(one);
    return [at === undefined ? station.what.over : common.assignmentState[at], ...runs.map(callsign)].join(" ");
  };
  const moved = meaning === upon ? undefined : { says: station.return.moved([...new Set(now.map(says))].join(", ")), stands: station.return.stand, stand: () => setUpon(meaning) };
  return (
    <SayingDialog title={station.return.title(picture.incidents.get(assignments[0]?.incidentId ?? "")?.spokenNumber ?? "")} send={station.return.send} saying={saying} moved={moved} onClose={onClose}>
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

/** Where an assignment stands for whoever gives it back: that the screen has told that it shows it changes nothing. */
function standing(assignment: Assignment | undefined) {
  const at = assignment?.state?.state.case;
  return { at: at === "delivered" ? "sent" : at, runs: assignment?.runIds ?? [] } as const;
}
