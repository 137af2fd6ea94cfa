// Why those who would go cannot, in words: the same beside who goes and on the answer itself.
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import { words } from "../words/words";
import { unfit, type OwnUnit } from "./fleet";
import { doingWords } from "./units";

/** Says of the first who cannot go why not; absent: all can. A unit that is not the desk's is the centre's to judge. */
export function cannotGo(sent: readonly string[], assignment: Assignment, units: readonly OwnUnit[]): string | undefined {
  const { goes } = words().station;
  for (const unit of units) {
    const why = sent.includes(unit.known.unitId) ? unfit(unit, assignment) : undefined;
    if (why !== undefined) return why === "kind" ? goes.otherKind(unit.known.callsign) : goes.gone(unit.known.callsign, doingWords(why));
  }
  return undefined;
}

/** Who of the desk could go. */
export function free(assignment: Assignment, units: readonly OwnUnit[]): readonly OwnUnit[] {
  return units.filter((unit) => unfit(unit, assignment) === undefined);
}
