// Sending a unit that was picked, and standing down who was sent: each shows what it would do and waits for a second key.
import { useState } from "preact/hooks";
import { useConsole } from "../../context";
import { ChosenBy } from "../../contract/kezek/directory/v1/directory_pb";
import type { Incident } from "../../contract/kezek/record/v1/incident_pb";
import { language } from "../../words/languages";
import { words } from "../../words/words";
import { useEntered } from "./entered";
import { Form, Select, TextField } from "./form";
import { servesAs } from "./serving";

/** Index of the need that a unit of a kind would serve: the one it was ranked for, else the first of its kind that lacks units. */
export function needFor(incident: Incident, unitKindId: string, ranked: number | undefined): number | undefined {
  if (ranked !== undefined && incident.needs[ranked]?.unitKindId === unitKindId) return ranked;
  const lacking = incident.needs.findIndex((need) => need.unitKindId === unitKindId && need.unitsMissing > 0);
  const any = incident.needs.findIndex((need) => need.unitKindId === unitKindId);
  const found = lacking >= 0 ? lacking : any;
  return found < 0 ? undefined : found;
}

/** Sends a unit, or asks its desk for it, as its kind says who chooses. */
export function SendForm({ incident, unitId, needIndex }: { incident: Incident; unitId: string; needIndex: number | undefined }) {
  const { call, places, link } = useConsole();
  const say = words().desk.sending;
  void link.picture.revision.value;
  const unit = places.value?.units.get(unitId);
  const kindId = unit?.unitKindId ?? "";
  const chosenBy = places.value?.kinds.get(kindId)?.chosenBy ?? ChosenBy.DUTY_DESK;
  const need = needFor(incident, kindId, needIndex);
  const [how, setHow] = useState<"desk" | "unit">(chosenBy === ChosenBy.CENTRE ? "unit" : "desk");
  const callsign = unit?.callsign ?? unitId;
  const stationId = unit?.stationId ?? "";
  const station = places.value?.station(stationId, language.value) ?? stationId;
  const serves = servesAs(incident, unitId, need, link.picture);
  const why = serves === "goes" ? say.goesAlready(callsign) : serves === "asked" && how === "desk" ? say.askedAlready(station, callsign) : "";
  const about = { incidentId: incident.incidentId, expectedVersion: incident.version };
  const content = JSON.stringify([incident.incidentId, unitId, how, need]);
  const effect = how === "unit" ? say.sends(callsign, incident.spokenNumber) : say.asks(station, callsign, incident.spokenNumber);
  return (
    <Form
      title={effect} submit={words().common.send} content={content} ready={unit !== undefined && why === "" && (how === "unit" || need !== undefined)}
      make={(requestId) => ({ ...about, requestId })}
      act={(request, options) => (how === "unit"
        ? call("DispatchService").sendUnit({ ...request, unitId }, options)
        : call("DispatchService").assignDesk({ ...request, stationId, recommendedUnitId: unitId, purpose: { case: "needIndex", value: need ?? 0 } }, options))}
    >
      {chosenBy === ChosenBy.EITHER ? <Select label={say.how} value={how} options={[["desk", say.askDesk(station)], ["unit", say.directly]]} onPick={setHow} /> : null}
      {how === "desk" && need === undefined ? <p>{say.noNeed}</p> : null}
      <p role="status">{why === "" ? null : <span class="mark acts">{why}</span>}</p>
    </Form>
  );
}

/** Stands down a run, or a whole assignment with its runs. */
export function StandDownForm({ of, title }: { of: { readonly case: "runId" | "assignmentId"; readonly value: string }; title: string }) {
  const { call } = useConsole();
  const [reason, setReason] = useEntered("reason", "");
  const say = words().desk;
  return (
    <Form
      title={`${title}: ${say.detail.standDown}`} submit={say.detail.standDown} content={JSON.stringify([of, reason])} ready={reason.trim() !== ""}
      make={(requestId) => ({ requestId, who: of, reason: reason.trim() })}
      act={(request, options) => call("DispatchService").standDown(request, options)}
    >
      <TextField label={words().common.reason} value={reason} onInput={setReason} wide />
      <p class="muted">{say.sending.mustConfirm}</p>
    </Form>
  );
}

/** Gives an incident to the desk of a station, also of another district, for a need or only to know. */
export function DeskSendForm({ incident }: { incident: Incident }) {
  const { call, places } = useConsole();
  const say = words().desk.sending;
  const stations = [...(places.value?.stations.keys() ?? [])];
  const [stationId, setStation] = useState(incident.stationId === "" ? stations[0] ?? "" : incident.stationId);
  const first = incident.needs.findIndex(({ unitsMissing }) => unitsMissing > 0);
  const [purpose, setPurpose] = useState(first >= 0 ? String(first) : "inform");
  const station = (id: string): string => places.value?.station(id, language.value) ?? id;
  const kind = (id: string): string => places.value?.kind(id, language.value) ?? id;
  const needs = incident.needs.flatMap((need, index) => (need.units === 0 ? [] : [[String(index), kind(need.unitKindId)] as const]));
  return (
    <Form
      title={say.toDesk} submit={words().common.send} content={JSON.stringify([incident.incidentId, stationId, purpose])} ready={stationId !== ""}
      make={(requestId) => ({
        requestId, incidentId: incident.incidentId, expectedVersion: incident.version, stationId,
        purpose: purpose === "inform" ? { case: "inform", value: {} } as const : { case: "needIndex", value: Number(purpose) } as const,
      })}
      act={(request, options) => call("DispatchService").assignDesk(request, options)}
    >
      <Select label={words().common.station} value={stationId} options={stations.map((id) => [id, station(id)] as const)} onPick={setStation} />
      <Select label={say.forWhat} value={purpose} options={[...needs, ["inform", words().desk.detail.toKnow] as const]} onPick={setPurpose} />
    </Form>
  );
}
