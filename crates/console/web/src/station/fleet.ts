// The units of a desk as its officer picks them: in the order of their callsigns, which never changes while somebody looks.
import type { DirectoryUnit } from "../contract/kezek/directory/v1/directory_pb";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import type { Run } from "../contract/kezek/record/v1/run_pb";
import type { Unit } from "../contract/kezek/record/v1/unit_pb";
import { momentMs } from "../api/times";
import { lastStepAt } from "./next";

/** What a unit is doing. */
export type Doing = "signedOff" | "available" | "outOfService" | "sent" | "acknowledged" | "enRoute" | "onScene" | "standDownSent";

/** A unit of the desk. */
export interface OwnUnit {
  readonly known: DirectoryUnit;
  readonly doing: Doing;
  /** The run it is on; absent: none. */
  readonly run: Run | undefined;
  /** Since when it does what it does; absent: it never signed on. */
  readonly since: number | undefined;
  /** Why it is out of service; empty otherwise. */
  readonly reason: string;
  /** True once it left two runs in a row unanswered. */
  readonly silent: boolean;
}

/** Why a unit cannot be sent for an assignment. */
export type Unfit = "kind" | Doing;

/** Runs in a row that a unit leaves unanswered before it is called silent (`domain/src/limits.rs`). */
const SILENT_AFTER = 2;

/** The units told through a station's desk, by callsign. */
export function fleet(known: Iterable<DirectoryUnit>, units: ReadonlyMap<string, Unit>, runs: ReadonlyMap<string, Run>, station: string): OwnUnit[] {
  return [...known].filter((unit) => unit.stationId === station).sort(calledBefore).map((unit) => own(unit, units.get(unit.unitId), runs));
}

function calledBefore(one: DirectoryUnit, other: DirectoryUnit): number {
  const [number, otherNumber] = [Number(/\d+/.exec(one.callsign)?.[0] ?? Infinity), Number(/\d+/.exec(other.callsign)?.[0] ?? Infinity)];
  return number === otherNumber ? (one.callsign < other.callsign ? -1 : 1) : number - otherNumber;
}

function own(known: DirectoryUnit, unit: Unit | undefined, runs: ReadonlyMap<string, Run>): OwnUnit {
  const silent = (unit?.unansweredInARow ?? 0) >= SILENT_AFTER;
  const still = { known, since: momentMs(unit?.since), run: undefined, reason: "", silent };
  const state = unit?.state?.state;
  switch (state?.case) {
    case "available": return { ...still, doing: "available" };
    case "outOfService": return { ...still, doing: "outOfService", reason: state.value.reason };
    case "assigned": {
      const run = runs.get(state.value.runId);
      return { ...still, doing: onRun(run), run, since: run === undefined ? still.since : lastStepAt(run.milestones) };
    }
    case "signedOff":
    case undefined: return { ...still, doing: "signedOff" };
  }
}

function onRun(run: Run | undefined): Doing {
  const state = run?.state?.state.case;
  switch (state) {
    case "acknowledged":
    case "enRoute":
    case "onScene":
    case "standDownSent": return state;
    // a run that ended frees its unit in the same change, so these are never seen on a unit that is still assigned
    case "cleared":
    case "stoodDown":
    case "sent":
    case undefined: return "sent";
  }
}

/** True if a unit is on a run. */
export function isOnRun(unit: OwnUnit): boolean {
  return unit.doing !== "signedOff" && unit.doing !== "available" && unit.doing !== "outOfService";
}

/** Why a unit cannot go for an assignment; absent: it can. The centre judges it again. */
export function unfit(unit: OwnUnit, assignment: Assignment): Unfit | undefined {
  const purpose = assignment.purpose?.purpose;
  if (purpose?.case === "respond" && purpose.value.unitKindId !== unit.known.unitKindId) return "kind";
  return unit.doing === "available" ? undefined : unit.doing;
}

/** Who goes if the officer says yes now: whom they picked, else whom the centre recommends for what it asked. */
export function going(picked: readonly string[], asked: readonly Assignment[]): readonly string[] {
  if (picked.length > 0) return picked;
  return [...new Set(asked.map(({ recommendedUnitId }) => recommendedUnitId).filter((unit) => unit !== ""))];
}

/** The picks after a number was pressed: that unit alone, or with Shift in addition. Pressed again it stays: whoever presses it means to report for it. */
export function pick(picked: readonly string[], unit: string, also: boolean): readonly string[] {
  return also ? [...new Set([...picked, unit])] : [unit];
}

/** Those of the picked who are an answer to who goes. Whoever is out was picked for a report; picked alone they are the answer all the same, one that cannot be given: nobody who was not picked goes in their place. */
export function answering(picked: readonly string[], units: readonly OwnUnit[]): readonly string[] {
  const here = picked.filter((id) => !units.some((unit) => unit.known.unitId === id && isOnRun(unit)));
  return here.length > 0 ? here : picked;
}

/** What a desk can say about a picked unit. */
export const ACTS = ["acknowledged", "enRoute", "onScene", "clear", "late", "sign", "service"] as const;
export type UnitAct = (typeof ACTS)[number];

/** True if it can be said of a unit as it is now. */
export function may(unit: OwnUnit, act: UnitAct): boolean {
  switch (act) {
    case "acknowledged": return unit.run !== undefined && unit.doing === "sent";
    case "enRoute":
    case "onScene":
    case "clear":
    case "late": return unit.run !== undefined && isOnRun(unit);
    case "sign": return !isOnRun(unit);
    case "service": return unit.doing === "available" || unit.doing === "outOfService";
  }
}
