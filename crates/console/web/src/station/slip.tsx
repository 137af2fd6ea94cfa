// The slip that goes with the crew, on paper only. It never says more than the screen does: the caller's words are printed while they are open.
import { useConsole } from "../context";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import { Step } from "../contract/kezek/record/v1/milestone_pb";
import { language } from "../words/languages";
import { day, timeOfDay } from "../words/time";
import { words } from "../words/words";
import { useDesk } from "./desk";
import { stepAt } from "../picture/steps";
import type { Work } from "./next";
import { Told } from "./peek";
import { placeOf, spotOf } from "./place";
import { typeTitle } from "../look/incident_type";

export function Slip({ incident, work, open }: { incident: Incident; work: Work | undefined; open: boolean }) {
  const { places, now } = useConsole();
  const { station: own, speaker } = useDesk();
  const { station, common } = words();
  const zone = places.value?.directory.timeZone ?? "UTC";
  const [place, more] = placeOf(incident);
  const assignment = work?.assignments[0];
  const purpose = assignment?.purpose?.purpose;
  const callsign = (unit: string): string => places.value?.callsign(unit) ?? unit;
  const received = assignment === undefined ? undefined : stepAt(assignment.milestones, Step.RECEIVED);
  const who = assignment?.milestones.find(({ step }) => step === Step.RECEIVED)?.detail ?? "";
  const rows: readonly (readonly [string, string])[] = [
    [station.slip.type, typeTitle(places.value, incident.incidentTypeId)],
    [station.slip.place, [...new Set([place, more, spotOf(incident)])].filter((part) => part !== "").join(" · ")],
    [common.district, places.value?.district(incident.districtId, language.value) ?? incident.districtId],
    [station.slip.asked, purpose?.case === "respond" ? station.asked.respond(places.value?.kind(purpose.value.unitKindId, language.value) ?? "") : purpose?.case === "inform" ? station.asked.inform : ""],
    [station.slip.goes, (work?.runs ?? []).map(({ unitId }) => callsign(unitId)).join(", ")],
    [station.slip.received, received === undefined ? "" : `${timeOfDay(received, zone)} ${who}`],
  ];
  return (
    <section class="slip" aria-hidden="true">
      <h2>{places.value?.station(own, language.value)}</h2>
      <p class="head">{station.number(incident.spokenNumber)} · {common.priority} {incident.priority}</p>
      <table><tbody>{rows.filter(([, value]) => value !== "").map(([title, value]) => <tr key={title}><th scope="row">{title}</th><td>{value}</td></tr>)}</tbody></table>
      {open ? <Told incident={incident} /> : <p>{station.slip.wordsHidden}</p>}
      <p>{station.slip.printed(`${day(now.value, zone)} ${timeOfDay(now.value, zone)}`)} {speaker?.name ?? ""}</p>
      <p class="signature">{station.slip.signature}</p>
    </section>
  );
}
