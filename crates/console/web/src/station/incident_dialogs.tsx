// What a desk says about a whole incident: that more are needed there, and that it is over.
import { useState } from "preact/hooks";
import { useConsole } from "../context";
import { NeedTime, type Incident } from "../contract/kezek/record/v1/incident_pb";
import { language } from "../words/languages";
import { words } from "../words/words";
import { ownWord, useDesk, type Speaker } from "./desk";
import { Reasons, SayingDialog } from "./form";

/** How many a desk asks for at once, at most (`proto/kezek/dispatch/v1/dispatch_service.proto`). */
const UNITS_MAX = 40;

/** Asks the centre for more units. */
export function BackupDialog({ incident, speaker, onClose }: { incident: Incident; speaker: Speaker; onClose: () => void }) {
  const { places } = useConsole();
  const { station } = words();
  const kinds = [...(places.value?.kinds.keys() ?? [])];
  // whom the plan keeps ready for this stands first
  const planned = incident.needs.find(({ time }) => time === NeedTime.ON_REQUEST)?.unitKindId ?? incident.needs[0]?.unitKindId ?? kinds[0] ?? "";
  const [kind, setKind] = useState(planned);
  const [units, setUnits] = useState(1);
  const [reason, setReason] = useState("");
  const missing = incident.needs.filter(({ unitsMissing }) => unitsMissing > 0);
  const name = (id: string): string => places.value?.kind(id, language.value) ?? id;
  return (
    <SayingDialog
      title={station.backup.title(incident.spokenNumber)} send={station.backup.send} onClose={onClose}
      saying={() => ({ say: "backup", incidentId: incident.incidentId, kind, units, reason: reason.trim(), how: ownWord(speaker) })}
    >
      {missing.map((need) => <p key={need.unitKindId} class="muted">{station.backup.stands(name(need.unitKindId), need.unitsMissing)}</p>)}
      <label>{station.backup.kind}
        <select autofocus value={kind} onChange={(event) => setKind(event.currentTarget.value)}>{kinds.map((id) => <option key={id} value={id}>{name(id)}</option>)}</select>
      </label>
      <label>{station.backup.units}<input type="number" min="1" max={UNITS_MAX} required value={units} onInput={(event) => setUnits(Number(event.currentTarget.value))} /></label>
      <label>{station.form.reason}<input value={reason} maxLength={400} onInput={(event) => setReason(event.currentTarget.value)} /></label>
    </SayingDialog>
  );
}

/** Closes an incident with its result and where it is on paper. */
export function CloseDialog({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const { picture } = useDesk();
  const { station } = words();
  const [disposition, setDisposition] = useState("");
  const [basis, setBasis] = useState<"registrationNumber" | "lawfulReason">("registrationNumber");
  const [value, setValue] = useState("");
  const saying = () => disposition === "" || value.trim() === "" ? station.close.incomplete : {
    say: "close", incidentId: incident.incidentId, version: String(picture.incidents.get(incident.incidentId)?.version ?? incident.version), disposition, basis, value: value.trim(),
  } as const;
  return (
    <SayingDialog title={station.close.title(incident.spokenNumber)} send={station.close.send} saying={saying} onClose={onClose}>
      <p>{station.close.why}</p>
      <Reasons title={station.form.disposition} name="close-result" reasons={station.dispositions} value={disposition} onChange={setDisposition} />
      <label>{station.close.basis}
        <select value={basis} onChange={(event) => setBasis(event.currentTarget.value as typeof basis)}>
          <option value="registrationNumber">{station.close.registered}</option>
          <option value="lawfulReason">{station.close.lawful}</option>
        </select>
      </label>
      <label>{basis === "registrationNumber" ? station.close.registered : station.close.lawful}<input value={value} maxLength={400} onInput={(event) => setValue(event.currentTarget.value)} /></label>
    </SayingDialog>
  );
}
