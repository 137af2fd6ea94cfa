// The map itself: ground, sheet, buttons and words, held together by what the hands and keys of a person do on it.
import { create } from "@bufbuild/protobuf";
import { useComputed, useSignal, type ReadonlySignal } from "@preact/signals";
import { useEffect, useId, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { useConsole } from "../context";
import { PositionSchema } from "../contract/kezek/record/v1/location_pb";
import { keyLabel } from "../look/keys";
import { words } from "../words/words";
import { Controls } from "./controls";
import type { Land, Scene } from "./features";
import { handle } from "./gestures";
import { next, under, type Mark } from "./hit";
import type { CentreMapProps } from "./map";
import "./map.css";
import { MapModel } from "./model";
import { Outlines } from "./outlines";
import { pointText } from "../places/coordinates";
import { MapInWords, Readout } from "./reading";
import { useDrawing, useFeatures, useStreets } from "./showing";
import { unproject, type Point } from "./view";

/** What a part of the map may ask for. */
export interface Shown {
  readonly model: MapModel;
  readonly land: ReadonlySignal<Land>;
  readonly scene: ReadonlySignal<Scene>;
  /** The centre's clock, or that of the past that is shown. */
  readonly clock: ReadonlySignal<number>;
  /** Where the hand is; absent: not over the map. */
  readonly hand: ReadonlySignal<Point | undefined>;
}

export default function DrawnMap(props: CentreMapProps) {
  const { link, now } = useConsole();
  const model = useMemo(() => new MapModel(), []);
  const given = useSignal(props);
  useLayoutEffect(() => { given.value = props; });
  const clock = useComputed(() => given.value.at ?? now.value);
  const hand = useSignal<Point | undefined>(undefined);
  const taken = useSignal("");
  const { land, scene } = useFeatures(given, clock);
  const stage = useRef<HTMLDivElement>(null);
  const shown: Shown = { model, land, scene, clock, hand };

  useEffect(() => land.subscribe(({ bounds }) => model.covers(bounds)), [land, model]);
  const press = (at: Point, exactly: boolean): void => {
    const view = model.view.peek();
    if (view === undefined) return;
    const { onSelect, onPick } = given.peek();
    const incidentId = exactly ? undefined : meant(under(view, scene.peek(), [], at));
    if (incidentId !== undefined && onSelect !== undefined) return onSelect(incidentId);
    if (onPick === undefined) return;
    const place = unproject(view, at);
    taken.value = words().map.taken(pointText(place));
    onPick(create(PositionSchema, place));
  };
  useEffect(() => (stage.current === null ? undefined : handle(stage.current, model, { pressed: press, over: (at) => { hand.value = at; } })), []);
  useSize(stage, model);
  return (
    <div
      class="map" data-ready={useComputed(() => model.view.value !== undefined)} data-moved={model.moved}
      data-through={useComputed(() => (scene.value, String((given.value.picture ?? link.picture).through)))}
      data-units={useComputed(() => scene.value.units.length)} data-incidents={useComputed(() => scene.value.incidents.length)}
    >
      <Stage shown={shown} stage={stage} given={given} press={press} />
      <Controls {...shown} selects={props.selected !== undefined} />
      <Readout {...shown} taken={taken} />
      <MapInWords scene={scene} />
    </div>
  );
}

/** The incident that a mark stands for: itself, or the one that the unit is sent to. */
function meant(mark: Mark | undefined): string | undefined {
  switch (mark?.what) {
    case "incident": return mark.mark.id;
    case "unit": return mark.mark.incidentId;
    case "station":
    case undefined: return undefined;
  }
}

interface StageProps {
  readonly shown: Shown;
  readonly stage: { readonly current: HTMLDivElement | null };
  readonly given: ReadonlySignal<CentreMapProps>;
  readonly press: (at: Point, exactly: boolean) => void;
}

/** Ground and sheet, and the keys that move over them. */
function Stage({ shown, stage, given, press }: StageProps) {
  const { model, land, scene, hand } = shown;
  const streets = useRef<HTMLDivElement>(null);
  const sheet = useRef<HTMLCanvasElement>(null);
  const keysId = useId();
  const aimed = useRef<string | undefined>(undefined);
  const ground = useStreets(streets, model, land);
  useDrawing(sheet, shown, useComputed(() => given.value.marked));
  const over = useComputed(() => {
    const view = model.view.value;
    if (view === undefined || hand.value === undefined) return "nothing";
    const incident = given.value.onSelect !== undefined && meant(under(view, scene.value, [], hand.value)) !== undefined;
    return incident ? "incident" : given.value.onPick !== undefined ? "place" : "nothing";
  });
  const key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey || !typed(event.code, event.shiftKey)) return;
    event.preventDefault();
    // what a key does here it does not do elsewhere on the screen as well
    event.stopPropagation();
  };
  const typed = (code: string, shift: boolean): boolean => {
    const aim = model.crosshair.peek();
    if (code === "KeyN") {
      const incident = next(scene.peek().incidents, aimed.current);
      aimed.current = incident?.id;
      if (incident !== undefined) model.aimAt(incident.at);
      return true;
    }
    if ((code === "Enter" || code === "NumpadEnter") && aim !== undefined) {
      press(aim, shift);
      return true;
    }
    return model.key(code, shift);
  };
  const { map } = words();
  const { onSelect, onPick } = given.value;
  const help = [map.keys(keyLabel("KeyN")), ...(onSelect === undefined ? [] : [map.keysSelect]), ...(onPick === undefined ? [] : [map.keysPick])];
  return (
    <div
      ref={stage} class="map-stage" role="application" tabIndex={0} aria-label={map.stage} aria-describedby={keysId} data-over={over}
      data-ground={useComputed(() => ground.value === undefined ? "outlines" : "streets")} data-view={useComputed(() => said(model))}
      onKeyDown={key} onFocus={(event) => { if (event.currentTarget.matches(":focus-visible")) model.aim(); }} onBlur={() => model.aside()}
    >
      {ground.value === undefined ? <Outlines view={model.view} land={land.value} /> : null}
      <div ref={streets} class="map-streets" data-shown={ground.value !== undefined} aria-hidden="true" />
      <canvas ref={sheet} class="map-sheet" aria-hidden="true" />
      <p id={keysId} class="visually-hidden">{help.join(" ")}</p>
      {ground.value !== undefined && ground.value.basemap.attribution !== "" ? <p class="map-attribution">{ground.value.basemap.attribution}</p> : null}
    </div>
  );
}

/** Where the view is, for whoever checks by data that nothing but a person moved it. */
function said({ view }: MapModel): string | undefined {
  const shown = view.value;
  return shown === undefined ? undefined : `${pointText(shown.centre)} ${shown.zoom.toFixed(2)}`;
}

/** Keeps the model told of the size of the stage. */
function useSize(stage: { readonly current: HTMLDivElement | null }, model: MapModel): void {
  useLayoutEffect(() => {
    const { current } = stage;
    if (current === null) return;
    model.sized(current.clientWidth, current.clientHeight);
    const observer = new ResizeObserver(() => model.sized(current.clientWidth, current.clientHeight));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
}
