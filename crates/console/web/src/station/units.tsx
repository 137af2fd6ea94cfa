// The desk's own units: each with its number, what it does and since when, and one row of buttons for the one that is picked. The buttons stand
// still: what does not apply is greyed and not taken away.
import { useConsole } from "../context";
import { keyLabel } from "../look/keys";
import { Age, Panel } from "../look/look";
import { language } from "../words/languages";
import { words } from "../words/words";
import { useDesk } from "./desk";
import { isOnRun, type Doing, type OwnUnit } from "./fleet";
import { isOfIncident, UnsaidList, useUnsaid } from "./unsaid_list";

/** What can be said about a picked unit. */
export interface UnitActs {
  readonly onStep: (unit: OwnUnit, step: "acknowledged" | "enRoute" | "onScene") => void;
  readonly onClear: (unit: OwnUnit) => void;
  readonly onLate: (unit: OwnUnit) => void;
  readonly onSign: (unit: OwnUnit) => void;
  readonly onService: (unit: OwnUnit) => void;
}

/** What the list shows. */
export interface UnitsProps extends UnitActs {
  readonly picked: readonly string[];
  /** The units that the centre recommends for what is asked now. */
  readonly recommended: readonly string[];
  readonly onPick: (unit: string, also: boolean) => void;
}

/** So many units have a number of their own. */
export const NUMBERED = 9;

export function Units({ picked, recommended, onPick, ...acts }: UnitsProps) {
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
      {speaker === undefined ? null : <Bar picked={units.filter(({ known }) => picked.includes(known.unitId))} acts={acts} />}
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

function Bar({ picked, acts }: { picked: readonly OwnUnit[]; acts: UnitActs }) {
  const { station } = words();
  const unit = picked.length === 1 ? picked[0] : undefined;
  const callsigns = picked.map(({ known }) => known.callsign).join(", ");
  const onRun = unit !== undefined && isOnRun(unit) && unit.run !== undefined;
  const signedOff = unit?.doing === "signedOff";
  const out = unit?.doing === "outOfService";
  const free = unit !== undefined && !onRun;
  const act = (does: (unit: OwnUnit) => void) => (): void => { if (unit !== undefined) does(unit); };
  return (
    <div class="bar-of-picked" role="group" aria-label={unit === undefined ? station.pickFirst : station.picked(callsigns)}>
      <p class="picked">{picked.length === 0 ? station.pickFirst : picked.length === 1 ? station.picked(callsigns) : station.pickedSeveral(callsigns)}</p>
      <Act name="KeyK" label={station.step.acknowledged} on={onRun && unit.doing === "sent"} onClick={act((one) => acts.onStep(one, "acknowledged"))} />
      <Act name="KeyE" label={station.step.enRoute} on={onRun} onClick={act((one) => acts.onStep(one, "enRoute"))} />
      <Act name="KeyA" label={station.step.onScene} on={onRun} onClick={act((one) => acts.onStep(one, "onScene"))} />
      <Act name="KeyC" label={station.step.cleared} on={onRun} onClick={act(acts.onClear)} />
      <Act name="KeyT" label={station.step.late} on={onRun} onClick={act(acts.onLate)} />
      <Act name="KeyS" label={signedOff ? station.step.signOn : station.step.signOff} on={free} onClick={act(acts.onSign)} />
      <Act name="KeyO" label={out ? station.step.inService : station.step.outOfService} on={free && !signedOff} onClick={act(acts.onService)} />
    </div>
  );
}

function Act({ name, label, on, onClick }: { name: string; label: string; on: boolean; onClick: () => void }) {
  return <button type="button" disabled={!on} onClick={onClick}><kbd>{keyLabel(name)}</kbd> {label}</button>;
}
