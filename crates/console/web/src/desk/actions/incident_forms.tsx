// What is said about an incident itself: a note, its priority, type and place, that it waits, that it is asked for more.
import { useEffect, useState } from "preact/hooks";
import { timestampFromMs } from "../../api/times";
import { useConsole } from "../../context";
import type { Incident } from "../../contract/kezek/record/v1/incident_pb";
import { LocationMethod } from "../../contract/kezek/record/v1/location_pb";
import { typeTitle } from "../../look/incident_type";
import { language } from "../../words/languages";
import { words } from "../../words/words";
import { pointOf, pointText } from "../../places/coordinates";
import { useDesk } from "../state";
import { TypeChooser } from "../type_chooser";
import { useEntered } from "./entered";
import { Form, Select, TextField } from "./form";

/** What each form is given. */
export interface OfIncident {
  readonly incident: Incident;
}

/** The part of a request that names the incident and the version that was seen. */
export function seen({ incidentId, version }: Incident): { readonly incidentId: string; readonly expectedVersion: bigint } {
  return { incidentId, expectedVersion: version };
}

export function NoteForm({ incident: { incidentId } }: OfIncident) {
  const { call } = useConsole();
  const [text, setText] = useEntered("text", "");
  const say = words().desk.actions;
  return (
    <Form
      title={say.note} submit={say.note} content={JSON.stringify([incidentId, text])} ready={text.trim() !== ""}
      make={(requestId) => ({ requestId, incidentId, text })}
      act={(request, options) => call("IncidentService").addNote(request, options)}
    >
      <TextField label={say.noteText} value={text} onInput={setText} wide />
    </Form>
  );
}

const PRIORITIES = [1, 2, 3, 4, 5] as const;

export function PriorityForm({ incident }: OfIncident) {
  const { call } = useConsole();
  const [priority, setPriority, moved] = useEntered("priority", incident.priority);
  const [reason, setReason] = useEntered("reason", "");
  const say = words().desk.actions;
  return (
    <Form
      title={say.priority} submit={say.change} content={JSON.stringify([incident.incidentId, priority, reason])} ready={priority !== incident.priority}
      moved={moved} now={String(incident.priority)}
      make={(requestId) => ({ requestId, ...seen(incident), priority, reason: reason.trim() })}
      act={(request, options) => call("IncidentService").changePriority(request, options)}
    >
      <Select label={words().common.priority} value={priority} options={PRIORITIES.map((one) => [one, String(one)] as const)} onPick={setPriority} />
      <TextField label={words().common.reason} value={reason} onInput={setReason} wide />
    </Form>
  );
}

export function TypeForm({ incident }: OfIncident) {
  const { call, places } = useConsole();
  const [chosen, setChosen, moved] = useEntered("chosen", { typeId: incident.incidentTypeId, typeText: "" });
  const say = words().desk.actions;
  return (
    <Form
      title={say.type} submit={say.change} content={JSON.stringify([incident.incidentId, chosen.typeId])} ready={chosen.typeId !== "" && chosen.typeId !== incident.incidentTypeId}
      moved={moved} now={typeTitle(places.value, incident.incidentTypeId)}
      make={(requestId) => ({ requestId, ...seen(incident), incidentTypeId: chosen.typeId })}
      act={(request, options) => call("IncidentService").changeType(request, options)}
    >
      <TypeChooser id="change-type" typeId={chosen.typeId} typeText={chosen.typeText} onChoose={setChosen} />
    </Form>
  );
}

/** What of a place makes it another one. Its point is one however it is written, and how it was learnt is no part of it. */
function whereIs({ address, landmark, coordinates }: { readonly address: string; readonly landmark: string; readonly coordinates: string }): unknown {
  const point = pointOf(coordinates);
  return [address.trim(), landmark.trim(), point === undefined || point === "odd" ? coordinates.trim() : pointText(point)];
}

export function LocationForm({ incident }: OfIncident) {
  const { call } = useConsole();
  const { pointed } = useDesk();
  const was = incident.location;
  const known = {
    address: was?.address ?? "", landmark: was?.landmark ?? "",
    coordinates: was?.position === undefined ? "" : pointText(was.position), method: was?.method ?? LocationMethod.UNSPECIFIED,
  };
  // one value: an address of before beside a new point would be a place that nobody meant
  const [place, setPlace, moved] = useEntered("place", known, whereIs);
  const { address, landmark, coordinates, method } = place;
  const say = words().desk;
  const point = pointOf(coordinates);
  useEffect(() => {
    if (pointed.value === undefined) return;
    setPlace({ ...place, coordinates: pointText(pointed.value), method: LocationMethod.MAP });
    pointed.value = undefined;
  }, [pointed.value]);
  const said = address.trim() !== "" || landmark.trim() !== "" || point !== undefined;
  return (
    <Form
      title={say.actions.location} submit={say.actions.change} content={JSON.stringify([incident.incidentId, address, landmark, coordinates])} ready={said && point !== "odd"}
      moved={moved} now={[known.address, known.landmark, known.coordinates].filter((part) => part !== "").join(" · ") || words().common.unknownPlace}
      make={(requestId) => ({
        requestId, ...seen(incident),
        location: { address, landmark, ...(point === undefined || point === "odd" ? {} : { position: point, method: method === LocationMethod.UNSPECIFIED ? LocationMethod.SPOKEN : method }) },
      })}
      act={(request, options) => call("IncidentService").changeLocation(request, options)}
    >
      <TextField label={say.card.address} value={address} onInput={(typed) => setPlace({ ...place, address: typed })} wide />
      <TextField label={say.card.landmark} value={landmark} onInput={(typed) => setPlace({ ...place, landmark: typed })} wide />
      <TextField
        label={point === "odd" ? say.card.noPoint : say.card.coordinates} value={coordinates} hint="42.87, 74.59"
        onInput={(typed) => setPlace({ ...place, coordinates: typed, method: LocationMethod.SPOKEN })}
      />
    </Form>
  );
}

/** The longest that an incident may be held, minutes. */
const HOLD_AT_MOST_MINUTES = 12 * 60;

export function HoldForm({ incident }: OfIncident) {
  const { call, link } = useConsole();
  const [minutes, setMinutes] = useState("30");
  const [reason, setReason] = useEntered("reason", "");
  const say = words().desk.actions;
  const long = Number(minutes);
  return (
    <Form
      title={say.hold} submit={say.hold} content={JSON.stringify([incident.incidentId, minutes, reason])}
      ready={Number.isInteger(long) && long > 0 && long <= HOLD_AT_MOST_MINUTES && reason.trim() !== ""}
      make={(requestId) => ({ requestId, ...seen(incident), until: timestampFromMs(Math.round(link.now()) + long * 60_000), reason: reason.trim() })}
      act={(request, options) => call("IncidentService").holdIncident(request, options)}
    >
      <TextField label={say.holdMinutes} value={minutes} onInput={setMinutes} />
      <TextField label={words().common.reason} value={reason} onInput={setReason} wide />
    </Form>
  );
}

export function ReleaseForm({ incident }: OfIncident) {
  const { call } = useConsole();
  const say = words().desk.actions;
  return (
    <Form
      title={say.release} submit={say.release} content={incident.incidentId} ready
      make={(requestId) => ({ requestId, ...seen(incident) })}
      act={(request, options) => call("IncidentService").releaseIncident(request, options)}
    />
  );
}

export function RequestForm({ incident }: OfIncident) {
  const { call, places } = useConsole();
  const kinds = [...(places.value?.kinds.keys() ?? [])];
  const offered = incident.needs.find((need) => need.units > 0 && need.unitsMissing === 0)?.unitKindId;
  const [unitKindId, setKind] = useState(offered ?? kinds[0] ?? "");
  const [count, setCount] = useState("1");
  const [reason, setReason] = useEntered("reason", "");
  const say = words().desk.actions;
  const units = Number(count);
  return (
    <Form
      title={say.request} submit={say.request} content={JSON.stringify([incident.incidentId, unitKindId, count, reason])}
      ready={unitKindId !== "" && Number.isInteger(units) && units >= 1 && units <= 40}
      make={(requestId) => ({ requestId, ...seen(incident), unitKindId, units, reason: reason.trim() })}
      act={(request, options) => call("DispatchService").requestResource(request, options)}
    >
      <Select label={say.kind} value={unitKindId} options={kinds.map((id) => [id, places.value?.kind(id, language.value) ?? id] as const)} onPick={setKind} />
      <TextField label={say.howMany} value={count} onInput={setCount} />
      <TextField label={words().common.reason} value={reason} onInput={setReason} wide />
    </Form>
  );
}
