// The buttons of a map, and what its signs mean.
import { useSignal } from "@preact/signals";
import { useConsole } from "../context";
import { language } from "../words/languages";
import { words } from "../words/words";
import type { Shown } from "./centre_map";
import { ofKind, ofPriority, path } from "./shapes";
import { ZOOM_STEP } from "./view";

/** `selects`: the screen has a selected incident, which may be shown. */
export function Controls({ model, scene, selects }: Shown & { readonly selects: boolean }) {
  const open = useSignal(false);
  const { map } = words();
  const selected = scene.value.selected;
  return (
    <div class="map-controls">
      <div class="map-buttons">
        <button type="button" onClick={() => model.fit()} aria-label={map.fit} title={map.fit} data-tone={model.moved.value ? "main" : undefined}>★</button>
        <button type="button" onClick={() => model.zoom(ZOOM_STEP)} aria-label={map.nearer} title={map.nearer}>+</button>
        <button type="button" onClick={() => model.zoom(-ZOOM_STEP)} aria-label={map.farther} title={map.farther}>−</button>
        {selects ? (
          <button type="button" disabled={selected === undefined} aria-label={map.toSelected} title={map.toSelected} onClick={() => { if (selected !== undefined) model.show(selected.at); }}>◎</button>
        ) : null}
        <button type="button" aria-expanded={open} aria-label={map.signs} title={map.signs} onClick={() => { open.value = !open.value; }}>?</button>
      </div>
      {open.value ? <Signs /> : null}
    </div>
  );
}

function Signs() {
  const { places } = useConsole();
  const { map, common } = words();
  const kinds = [...(places.value?.kinds.keys() ?? [])];
  const sign = (className: string, outline: string, priority?: number) => (
    <svg class={className} width="26" height="26" viewBox="-13 -13 26 26" aria-hidden="true" data-priority={priority}><path d={outline} /></svg>
  );
  return (
    <section class="map-signs" aria-label={map.signs}>
      <ul>
        {kinds.map((kind, index) => <li key={kind}>{sign("map-unit", path(ofKind(index), 8))}{places.value?.kind(kind, language.value)}</li>)}
        <li>{sign("map-unit map-sent", path(ofKind(0), 8))}{common.unitState.assigned}</li>
        <li>{sign("map-unit map-out", `${path(ofKind(0), 8)}M-7,7L7,-7`)}{common.unitState.outOfService}</li>
        <li>{sign("map-unit map-old", path(ofKind(0), 8))}{map.dashed}</li>
        <li>{sign("map-unit map-pale", path(ofKind(0), 8))}{map.fade}</li>
        <li>{sign("map-ring", path({ round: 1 }, 11))}{map.ring}</li>
        <li>{[1, 2, 3, 4, 5].map((of) => sign("map-incident", path(ofPriority(of), 9), of))}{common.incident}: {map.lacksUnits}</li>
        <li>{sign("map-unit", path(ofPriority(3), 9))}{common.incident}: {map.hasUnits}</li>
        <li>{sign("map-station", path(ofKind(0), 5))}{common.station}</li>
      </ul>
    </section>
  );
}
