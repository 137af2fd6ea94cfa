// Events of the tape in the person's language.
import { useConsole } from "../context";
import { language } from "../words/languages";
import { words } from "../words/words";
import type { TapeEvent } from "./tape";

/** An event as it is read. */
export interface EventWords {
  /** `№ 1043`; empty: about no incident or call. */
  readonly number: string;
  /** A callsign or a station. */
  readonly about: string;
  readonly what: string;
  readonly who: string;
}

/** Puts events into words. */
export function useEventWords(): (event: TapeEvent) => EventWords {
  const { places } = useConsole();
  const { tape } = words().board;
  const codes = words().codes.alarms as Readonly<Record<string, string>>;
  const station = (id: string): string => places.value?.station(id, language.value) ?? id;
  return ({ what, spokenNumber, stationId, unitId, detail, who, system }) => {
    const said = "step" in what ? tape.steps[what.step] : tape.happenings[what.happening];
    const happening = "step" in what ? undefined : what.happening;
    const alarm = happening?.startsWith("alarm") === true;
    const more = alarm ? codes[detail] ?? detail : happening === "type" ? places.value?.type(detail, language.value) ?? detail : detail;
    return {
      number: spokenNumber === "" ? "" : `№ ${spokenNumber}`,
      about: unitId !== "" ? places.value?.callsign(unitId) ?? unitId : stationId !== "" ? station(stationId) : "",
      what: more === "" ? said : `${said}: ${more}`,
      who: system ? words().common.channels.system : who,
    };
  };
}
