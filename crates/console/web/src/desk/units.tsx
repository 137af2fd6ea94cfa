// The units of a desk: for the selected incident as the centre ranks them, with reasons; else as they stand on duty.
import { useMemo } from "preact/hooks";
import { momentMs } from "../api/times";
import { useConsole } from "../context";
import { PositionSource, type Candidate } from "../contract/kezek/record/v1/recommendation_pb";
import type { Unit } from "../contract/kezek/record/v1/unit_pb";
import { Age, Cut, Panel, Refused } from "../look/look";
import type { Picture } from "../picture/picture";
import type { Places } from "../places/places";
import { language } from "../words/languages";
import { distanceText } from "../words/distance";
import { span } from "../words/time";
import { words } from "../words/words";
import { Confirm, ConfirmNothing } from "./confirm";
import { rowHeight } from "./row_height";
import { isWithoutDistance, unitLines, type UnitLine } from "./ranking";
import type { Recommended } from "./recommending";
import { Rows } from "./rows";
import { useDesk } from "./state";

/** Every unit by station and callsign. */
function byStation(places: Places | undefined): string[] {
  const units = [...(places?.units.values() ?? [])];
  const order = new Intl.Collator("en", { numeric: true });
  return units.sort((one, other) => order.compare(one.stationId, other.stationId) || order.compare(one.callsign, other.callsign)).map(({ unitId }) => unitId);
}

/** Units on duty first, then those that are not. */
function dutyFirst(ids: readonly string[], picture: Picture): string[] {
  const isOff = (id: string): boolean => (picture.units.get(id)?.state?.state.case ?? "signedOff") === "signedOff";
  return [...ids.filter((id) => !isOff(id)), ...ids.filter(isOff)];
}

export function Units({ recommended }: { recommended: Recommended }) {
  const { link, places } = useConsole();
  const { selected, begin } = useDesk();
  void link.picture.revision.value;
  const known = useMemo(() => byStation(places.value), [places.value]);
  const order = dutyFirst(known, link.picture);
  // lines stay the same objects while they say the same, so that their rows are not drawn anew
  const items = useMemo(() => unitLines(recommended.recommendation, order), [recommended.recommendation, order.join(" ")]);
  const incident = selected.value === undefined ? undefined : link.picture.incidents.get(selected.value);
  const say = words().desk.units;
  return (
    <Panel title={words().common.units} id="region-units" aside={incident === undefined || recommended.recommendation === undefined ? null : <span class="muted">{say.rankedFor(incident.spokenNumber)}</span>}>
      <div class="units-body">
        {incident === undefined ? <ConfirmNothing /> : <Confirm incident={incident} recommended={recommended} />}
        <div class="of-ranking">
          {recommended.refused === undefined ? null : <Refused refusal={recommended.refused} />}
          {recommended.unanswered ? <p class="muted">{say.unanswered}</p> : null}
          {isWithoutDistance(recommended.recommendation) ? <p class="strong">{say.notByDistance}</p> : null}
        </div>
        <Rows
          id="units" label={words().common.units} items={items} keyOf={({ key }) => key} height={rowHeight.value} selected={undefined}
          isHeading={({ of }) => of !== "unit"} empty={say.empty}
          onOpen={(line) => {
            if (line.of !== "unit" || incident === undefined) return;
            begin({ what: "send", unitId: line.unitId, ...(line.needIndex === undefined ? {} : { needIndex: line.needIndex }) });
          }}
          render={(line) => <Line line={line} inDistrict={incident !== undefined && incident.districtId !== ""} unit={line.of === "unit" ? link.picture.units.get(line.unitId) : undefined} work={line.of === "unit" ? workOf(line.unitId, link.picture) : ""} />}
        />
      </div>
    </Panel>
  );
}

/** What a unit's row says beyond its record, as a text: its run's state, its incident, when it was last measured. */
function workOf(unitId: string, picture: Picture): string {
  const state = picture.units.get(unitId)?.state?.state;
  const run = state?.case === "assigned" ? picture.runs.get(state.value.runId) : undefined;
  const incident = run === undefined ? undefined : picture.incidents.get(run.incidentId)?.spokenNumber;
  const measured = picture.positions.get(unitId)?.measuredAt;
  return [run?.state?.state.case ?? "", incident ?? "", momentMs(measured) ?? ""].join(" ");
}

function Line({ line, inDistrict, unit, work }: { line: UnitLine; inDistrict: boolean; unit: Unit | undefined; work: string }) {
  const { places } = useConsole();
  const say = words().desk.units;
  if (line.of === "rest") return <span>{say.rest}</span>;
  if (line.of === "unit") return <UnitRow line={line} inDistrict={inDistrict} unit={unit} work={work} />;
  return (
    <>
      <Cut text={places.value?.kind(line.need.unitKindId, language.value) ?? line.need.unitKindId} />
      {line.need.shortfall > 0 ? <span class="mark strong">{say.missing(line.need.shortfall)}</span> : null}
    </>
  );
}

/** The mark before a unit: shape and words, no colour. */
const MARKS = { chosen: "►", next: "▹", passed_over: "✕", other: "" } as const;

function UnitRow({ line, inDistrict, unit, work }: { line: Extract<UnitLine, { of: "unit" }>; inDistrict: boolean; unit: Unit | undefined; work: string }) {
  const { places } = useConsole();
  const say = words().desk.units;
  const entry = places.value?.units.get(line.unitId);
  const [runState = "", incident = "", measured = ""] = work.split(" ");
  const travel = line.candidate?.travelTimeS;
  return (
    <>
      <span class="line">
        <span class="standing" aria-hidden="true">{MARKS[line.standing]}</span>
        <strong class="numbers callsign">{entry?.callsign ?? line.unitId}</strong>
        <Cut also="grow muted" text={places.value?.kind(entry?.unitKindId ?? "", language.value) ?? ""} />
        {entry?.radioOnly === true ? <span class="mark">{say.radioOnly}</span> : null}
        {travel === undefined ? null : <strong class="numbers">{say.travels(span(travel * 1_000))}</strong>}
        {travel === undefined && line.distanceM !== undefined ? <span class="numbers muted">{distanceText(line.distanceM)}</span> : null}
      </span>
      <span class="line second below-callsign">
        <Cut also="grow" text={line.standing === "other" ? stateOf(unit, runState, incident) : reasonOf(line, inDistrict, stateOf(unit, runState, incident))} />
        {measured === "" ? null : <span class="muted position" title={say.positionAge}>◎ <Age since={Number(measured)} /></span>}
      </span>
    </>
  );
}

/** Where a unit stands. */
function stateOf(unit: Unit | undefined, runState: string, incident: string): string {
  const { unitState, runState: runStates } = words().common;
  const state = unit?.state?.state;
  switch (state?.case) {
    case "available": return unitState.available;
    case "assigned": return [runStates[runState as keyof typeof runStates] ?? unitState.assigned, incident === "" ? "" : `→ ${incident}`].filter((part) => part !== "").join(" ");
    case "outOfService": return `${unitState.outOfService}: ${state.value.reason}`;
    case "signedOff":
    case undefined: return unitState.signedOff;
  }
}

/** Why a unit stands where it does in the ranking. Where the incident has no district, no unit is of another one. */
function reasonOf(line: Extract<UnitLine, { of: "unit" }>, inDistrict: boolean, state: string): string {
  const say = words().desk.units;
  if (line.exclusion !== undefined) {
    const why = say.exclusions[line.exclusion];
    // some reasons are the state itself
    return state.startsWith(why) ? state : `${why} · ${state}`;
  }
  const candidate = line.candidate;
  const standing = line.standing === "chosen" ? say.chosen : say.next;
  return candidate === undefined ? standing : [standing, ...candidateReasons(candidate, inDistrict)].join(" · ");
}

function candidateReasons(candidate: Candidate, inDistrict: boolean): string[] {
  const say = words().desk.units;
  return [
    candidate.distanceM === undefined ? "" : distanceText(candidate.distanceM),
    candidate.ownDistrict ? say.ownDistrict : inDistrict ? say.otherDistrict : "",
    candidate.positionSource === PositionSource.BEAT ? say.fromBeat : candidate.positionSource === PositionSource.DESK ? say.fromDesk : "",
    candidate.silent ? say.silent : "",
  ].filter((reason) => reason !== "");
}
