// The units that an officer picked: who goes for what is asked, and about whom a key reports.
import { useEffect, useRef, useState } from "preact/hooks";
import { words } from "../words/words";
import { answering, may, pick, type OwnUnit, type UnitAct } from "./fleet";
import { doingWords, type UnitActs } from "./units";

/** What the officer picked. */
interface Picked {
  readonly units: readonly string[];
  /** Who of them goes, and for which question: picks made for one are not an answer to the next. */
  readonly answer: readonly string[];
  readonly question: string | undefined;
}

const NOBODY: Picked = { units: [], answer: [], question: undefined };

/** What is picked, and what is done with it. */
export interface Picks {
  readonly units: readonly string[];
  /** Who goes for the question that is shown. */
  readonly answer: readonly string[];
  /** Why the last key reported nothing; empty: it did, or could by now. */
  readonly nothing: string;
  pick(unit: string, also: boolean): void;
  /** Says something about the unit that is picked, or why it says nothing. */
  report(act: UnitAct): void;
  letGo(): void;
}

/** The picks among a desk's units while a question is shown. */
export function usePicks(units: readonly OwnUnit[], question: string | undefined, acts: UnitActs): Picks {
  const [picks, setPicks] = useState(NOBODY);
  const [failed, setFailed] = useState<UnitAct | undefined>(undefined);
  // a key may follow a number before the screen has shown the pick: it is about the unit that was just picked
  const latest = useRef(picks);
  const repick = (now: Picked): void => {
    latest.current = now;
    setPicks(now);
    setFailed(undefined);
  };
  const nothing = failed === undefined ? "" : whyNothing(failed, chosenOf(units, picks));
  // once it could be reported, what was not is past: it must not come up again when the unit has moved on
  useEffect(() => { if (nothing === "") setFailed(undefined); }, [nothing]);
  return {
    units: picks.units, answer: picks.question === question ? picks.answer : [], nothing,
    pick(unit, also) {
      const chosen = pick(latest.current.units, unit, also);
      repick({ units: chosen, answer: answering(chosen, units), question });
    },
    report(act) {
      const chosen = chosenOf(units, latest.current);
      const can = whyNothing(act, chosen) === "";
      setFailed(can ? undefined : act);
      if (can) chosen.forEach(acts[act]);
    },
    letGo: () => repick(NOBODY),
  };
}

function chosenOf(units: readonly OwnUnit[], picked: Picked): readonly OwnUnit[] {
  return units.filter(({ known }) => picked.units.includes(known.unitId));
}

/** Why a key reported nothing; empty if it could by now. A crew that spoke to its desk was not heard by the centre: that is said where its officer looks. */
function whyNothing(act: UnitAct, [unit, ...more]: readonly OwnUnit[]): string {
  const { nothing } = words().station;
  if (unit === undefined) return nothing.none;
  if (more.length > 0) return nothing.several;
  return may(unit, act) ? "" : nothing.now(unit.known.callsign, doingWords(unit.doing));
}
