// The desk's own units: each with its number, what it does and since when, and one row of buttons for the one that is picked. The buttons stand
// still: what does not apply is greyed and not taken away.
import { useConsole } from "../context";
import { keyLabel } from "../look/keys";
import { Age, Panel } from "../look/look";
import { language } from "../words/languages";
import { words } from "../words/words";
import { useDesk } from "./desk";
import { may, type Doing, type OwnUnit, type UnitAct } from "./fleet";
import { isOfIncident, UnsaidList, useUnsaid } from "./unsaid_list";

/** What says it, for each of the things that can be said about a picked unit. */
export type UnitActs = Readonly<Record<UnitAct, (unit: OwnUnit) => void>>;

/** What the list shows. */
export interface UnitsProps {
  readonly acts: UnitActs;
  readonly picked: readonly string[];
  /** Why the last key reported nothing; empty: it did, or there was none. */
  readonly nothing: string;
  /** The units that the centre recommends for what is asked now. */
  readonly recommended: readonly string[];
  readonly onPick: (unit: string, also: boolean) => void;
}

/** So many units have a number of their own. */
export const NUMBERED = 9;

export function Units({ acts, picked, nothing, recommended, onPick }: UnitsProps) {
  const { units, speaker } = useDesk();
  const { station } = words();
  const unsaid = useUnsaid((saying) => !isOfIncident(saying));
  return (
    <Panel title={station.units} id="units">
      {units.length === 0 ? <p class="muted">{station.noUnits}</p> : null}
      <ul class="fleet">
        {units.map((unit, place) => (
          <Row key={unit.known.unitId} unit={unit} place={place} picked={picked.includes(unit.known.unitId)} recommended={recommended.includes(unit.known.unitId)} onPick={onPick} />
        ))}
      </ul>
      {speaker === undefined ? null : <Bar picked={units.filter(({ known }) => picked.includes(known.unitId))} nothing={nothing} acts={acts} />}
      <UnsaidList list={unsaid} />
    </Panel>
  );
}

/** What a unit does, in words. */
export function doingWords(doing: Doing): string {
  const { common } = words();
  return doing === "signedOff" || doing === "available" || doing === "outOfService" ? common.unitState[doing] : common.runState[doing];
}

/** Shape beside the words, so that a state is told without colour and from afar. */
const SHAPES: Readonly<Record<Doing, string>> = { signedOff: "–", available: "□", outOfService: "✕", sent: "▷", acknowledged: "▶", enRoute: "▶▶", onScene: "■", standDownSent: "◁" };

function Row({ unit, place, picked, recommended, onPick }: { unit: OwnUnit; place: number; picked: boolean; recommended: boolean; onPick: UnitsProps["onPick"] }) {
  const { places, link } = useConsole();
  const { speaker } = useDesk();
  const { station } = words();
  const incident = unit.run === undefined ? undefined : link.picture.incidents.get(unit.run.incidentId);
  const awaited = unit.doing === "sent" && unit.run?.overdue === true;
  const about = [
    places.value?.kind(unit.known.unitKindId, language.value),
    unit.known.radioOnly ? station.radioOnly : "",
    unit.reason,
    incident === undefined ? "" : station.number(incident.spokenNumber),
  ].filter((part) => part !== undefined && part !== "").join(" · ");
  return (
    <li>
      <button type="button" class="unit" aria-pressed={picked} data-doing={unit.doing} disabled={speaker === undefined} onClick={(event) => onPick(unit.known.unitId, event.shiftKey)}>
        <kbd aria-hidden={place >= NUMBERED}>{place < NUMBERED ? place + 1 : ""}</kbd>
        <strong class="callsign">{unit.known.callsign}</strong>
        <span class="doing"><span aria-hidden="true">{SHAPES[unit.doing]} </span>{doingWords(unit.doing)}</span>
        <span class="since" data-late={awaited}>{unit.since === undefined ? "" : <Age since={unit.since} />}</span>
        <span class="about">
          {about}
          {recommended ? <strong> · {station.recommended}</strong> : null}
          {unit.silent ? <strong class="warned"> · {station.silent}</strong> : null}
        </span>
      </button>
    </li>
  );
}

function Bar({ picked, nothing, acts }: { picked: readonly OwnUnit[]; nothing: string; acts: UnitActs }) {
  const { station } = words();
  const unit = picked.length === 1 ? picked[0] : undefined;
  const callsigns = picked.map(({ known }) => known.callsign).join(", ");
  const of = (act: UnitAct) => ({ on: unit !== undefined && may(unit, act), onClick: (): void => { if (unit !== undefined) acts[act](unit); } });
  return (
    <div class="bar-of-picked" role="group" aria-label={unit === undefined ? station.pickFirst : station.picked(callsigns)}>
      <div class="picked" role="status">
        {nothing !== "" ? <p class="nothing">{nothing}</p> : <p>{picked.length === 0 ? station.pickFirst : picked.length === 1 ? station.picked(callsigns) : station.pickedSeveral(callsigns)}</p>}
      </div>
      <Act name="KeyK" label={station.step.acknowledged} {...of("acknowledged")} />
      <Act name="KeyE" label={station.step.enRoute} {...of("enRoute")} />
      <Act name="KeyA" label={station.step.onScene} {...of("onScene")} />
      <Act name="KeyC" label={station.step.cleared} {...of("clear")} />
      <Act name="KeyT" label={station.step.late} {...of("late")} />
      <Act name="KeyS" label={unit?.doing === "signedOff" ? station.step.signOn : station.step.signOff} {...of("sign")} />
      <Act name="KeyO" label={unit?.doing === "outOfService" ? station.step.inService : station.step.outOfService} {...of("service")} />
    </div>
  );
}

function Act({ name, label, on, onClick }: { name: string; label: string; on: boolean; onClick: () => void }) {
  return <button type="button" disabled={!on} onClick={onClick}><kbd>{keyLabel(name)}</kbd> {label}</button>;
}
