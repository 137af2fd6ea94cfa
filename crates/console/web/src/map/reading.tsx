// The map in words: what is under the hand or the crosshair, what could not be drawn, and all of it for whoever does not see it.
import { useComputed, useSignal, type ReadonlySignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { span } from "../words/time";
import { words } from "../words/words";
import { useConsole } from "../context";
import { pointText } from "../places/coordinates";
import { language } from "../words/languages";
import type { Scene, UnitMark } from "./features";
import { under, type Mark } from "./hit";
import type { Shown } from "./centre_map";
import { paced } from "./paced";
import { streetsMissing } from "./showing";
import { unproject, type Place } from "./view";

/** How often the map in words is written anew, in milliseconds: whoever has it read out would never come to its end otherwise. */
const WRITTEN_EVERY_MS = 5_000;
/** How many incidents it names. */
const NAMED = 100;

/** The line under the map. What the keyboard points at is read out, what the hand passes is not. */
export function Readout({ model, land, scene, clock, hand, taken }: Shown & { readonly taken: ReadonlySignal<string> }) {
  const { places, session } = useConsole();
  const pointed = useComputed((): { mark: Mark | undefined; place: Place } | undefined => {
    const [view, at] = [model.view.value, model.crosshair.value ?? hand.value];
    return view === undefined || at === undefined ? undefined : { mark: under(view, scene.value, land.value.stations, at), place: unproject(view, at) };
  });
  const kind = (id: string): string => places.value?.kind(id, language.value) ?? id;
  const { map } = words();
  const { unitsNowhere, incidentsNowhere } = scene.value;
  const at = pointed.value;
  // an observer is shown no places: that they are not known would be untrue
  const placeless = session.role === "observer" ? map.incidentsUnseen : map.incidentsNowhere;
  const said = at === undefined ? "" : [markInWords(at.mark, kind, clock.value), pointText(at.place)].filter((part) => part !== "").join(" · ");
  return (
    <div class="map-readout">
      <span>{said}</span>
      <span class="map-counts">
        {[unitsNowhere > 0 ? map.unitsNowhere(unitsNowhere) : "", incidentsNowhere > 0 ? placeless(incidentsNowhere) : ""].filter((part) => part !== "").join(" · ")}
      </span>
      {streetsMissing.value ? <span>{map.noStreets}</span> : null}
      <span class="visually-hidden" role="status">{model.crosshair.value === undefined ? taken : `${taken.value} ${said}`}</span>
    </div>
  );
}

function markInWords(mark: Mark | undefined, kind: (id: string) => string, now: number): string {
  const { common, map } = words();
  switch (mark?.what) {
    case undefined: return "";
    case "station": return mark.mark.title;
    case "incident": {
      const { priority, number, type, district, queued } = mark.mark;
      return [`${common.priority} ${priority}`, number, type, district, queued ? map.lacksUnits : map.hasUnits].filter((part) => part !== "").join(" · ");
    }
    case "unit": return unitInWords(mark.mark, kind, now);
  }
}

function unitInWords({ callsign, kind: kindId, doing, measuredAt, uncertaintyM }: UnitMark, kind: (id: string) => string, now: number): string {
  const { common, map } = words();
  const parts = [callsign, kind(kindId), common.unitState[doing], map.measured(span(now - measuredAt))];
  if (uncertaintyM !== undefined) parts.push(map.within(common.metres(uncertaintyM)));
  return parts.join(" · ");
}

/** The whole map as text. */
export function MapInWords({ scene }: { readonly scene: ReadonlySignal<Scene> }) {
  const written = useSignal(scene.peek());
  useEffect(() => {
    const writing = paced(() => { written.value = scene.peek(); }, WRITTEN_EVERY_MS);
    const end = scene.subscribe(() => writing.ask());
    return () => {
      end();
      writing.end();
    };
  }, []);
  const { common, map } = words();
  const { incidents, units } = written.value;
  const urgent = incidents.slice(-NAMED).toReversed();
  return (
    <section class="visually-hidden" aria-label={map.inWords}>
      <p>{map.onMap(map.incidents(incidents.length), common.unitsCounted(units.length))}</p>
      {urgent.length === 0 ? null : <p>{map.mostUrgent}</p>}
      <ol>
        {urgent.map((mark) => <li key={mark.id}>{[`${common.priority} ${mark.priority}`, mark.number, mark.type, mark.district, mark.queued ? map.lacksUnits : map.hasUnits].filter((part) => part !== "").join(" · ")}</li>)}
      </ol>
    </section>
  );
}
