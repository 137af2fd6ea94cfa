// How an incident ends or goes on elsewhere: closed with a result, cancelled, made part of another, opened again.
import { useState } from "preact/hooks";
import { useConsole } from "../../context";
import type { Incident } from "../../contract/kezek/record/v1/incident_pb";
import { words } from "../../words/words";
import { placeText } from "../../look/place_text";
import { useEntered } from "./entered";
import { Form, Select, TextField } from "./form";
import { seen, type OfIncident } from "./incident_forms";
import { otherIncident } from "./other_incident";
import { typeTitle } from "../../look/incident_type";

/** Why an incident may be closed. */
interface Ground {
  readonly basis: "registrationNumber" | "lawfulReason";
  readonly text: string;
}

/** A basis alone says nothing. */
function groundOf(ground: Ground): unknown {
  return ground.text === "" ? "" : ground;
}

export function CloseForm({ incident }: OfIncident) {
  const { call } = useConsole();
  const [disposition, setDisposition] = useEntered("disposition", "");
  // one value: what the text means is said by its basis, and neither comes back without the other
  const [ground, setGround] = useEntered<Ground>("ground", { basis: "registrationNumber", text: "" }, groundOf);
  const { basis, text } = ground;
  const say = words().desk.actions;
  return (
    <Form
      title={say.close} submit={say.close} content={JSON.stringify([incident.incidentId, disposition, basis, text])} ready={disposition.trim() !== "" && text.trim() !== ""}
      make={(requestId) => ({ requestId, ...seen(incident), disposition: disposition.trim(), basis: { case: basis, value: text.trim() } })}
      act={(request, options) => call("IncidentService").closeIncident(request, options)}
    >
      <TextField label={say.result} value={disposition} onInput={setDisposition} list={say.results} wide />
      <Select label={say.basis} value={basis} options={[["registrationNumber", say.registered], ["lawfulReason", say.lawfulReason]]} onPick={(picked) => setGround({ basis: picked, text })} />
      <TextField label={basis === "registrationNumber" ? say.registrationNumber : say.lawfulReason} value={text} onInput={(typed) => setGround({ basis, text: typed })} />
    </Form>
  );
}

export function CancelForm({ incident }: OfIncident) {
  const { call } = useConsole();
  const [reason, setReason] = useEntered("reason", "");
  const say = words().desk.actions;
  return (
    <Form
      title={say.cancel} submit={say.cancel} content={JSON.stringify([incident.incidentId, reason])} ready={reason.trim() !== ""}
      make={(requestId) => ({ requestId, ...seen(incident), reason: reason.trim() })}
      act={(request, options) => call("IncidentService").cancelIncident(request, options)}
    >
      <TextField label={words().common.reason} value={reason} onInput={setReason} wide />
    </Form>
  );
}

export function ReopenForm({ incident }: OfIncident) {
  const { call } = useConsole();
  const [reason, setReason] = useEntered("reason", "");
  const say = words().desk.actions;
  return (
    <Form
      title={say.reopen} submit={say.reopen} content={JSON.stringify([incident.incidentId, reason])} ready={reason.trim() !== ""}
      make={(requestId) => ({ requestId, ...seen(incident), reason: reason.trim() })}
      act={(request, options) => call("IncidentService").reopenIncident(request, options)}
    >
      <TextField label={words().common.reason} value={reason} onInput={setReason} wide />
    </Form>
  );
}

/** Names the other incident in words, so that nobody merges by a mistyped number. */
function Other({ other, typed }: { other: Incident | undefined; typed: string }) {
  const { places } = useConsole();
  if (typed.trim() === "") return null;
  if (other === undefined) return <p class="muted">{words().desk.actions.noOther}</p>;
  return <p><strong class="numbers">{other.spokenNumber}</strong> {typeTitle(places.value, other.incidentTypeId)} · {placeText(other.location)}</p>;
}

export function MergeForm({ incident }: OfIncident) {
  const { call, link } = useConsole();
  const suspect = incident.suspectedDuplicateOf === "" ? undefined : link.picture.incidents.get(incident.suspectedDuplicateOf);
  const [typed, setTyped] = useState(suspect?.spokenNumber ?? "");
  const say = words().desk.actions;
  void link.picture.revision.value;
  const other = otherIncident(typed, incident, link.picture.incidents.values());
  return (
    <Form
      title={say.merge(incident.spokenNumber)} submit={say.mergeInto(other?.spokenNumber ?? "")} content={JSON.stringify([incident.incidentId, other?.incidentId])} ready={other !== undefined}
      make={(requestId) => ({ requestId, ...seen(incident), intoIncidentId: other?.incidentId ?? "" })}
      act={(request, options) => call("IncidentService").mergeIncidents(request, options)}
    >
      <TextField label={say.otherNumber} value={typed} onInput={setTyped} />
      <Other other={other} typed={typed} />
    </Form>
  );
}

export function UnmergeForm({ incident }: OfIncident) {
  const { call } = useConsole();
  const say = words().desk.actions;
  return (
    <Form
      title={say.unmerge} submit={say.unmerge} content={incident.incidentId} ready
      make={(requestId) => ({ requestId, ...seen(incident) })}
      act={(request, options) => call("IncidentService").unmergeIncident(request, options)}
    />
  );
}
