// The operator's desk: calls, the queue, units, the selected incident and the command line on one screen, each a key away.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { AlarmStrip } from "../alarms/strip";
import { sound } from "../alarms/tones";
import { CommandLine, focusCommandLine } from "../command/command_line";
import { useConsole } from "../context";
import type { Call } from "../contract/kezek/record/v1/call_pb";
import { LocationMethod, type Position } from "../contract/kezek/record/v1/location_pb";
import type { Link } from "../link/state";
import { stillThere } from "../look/focus";
import { once, useKeys, type KeyHelp } from "../look/keys";
import { Panel } from "../look/look";
import { TopBar } from "../look/top_bar";
import { CentreMap } from "../map/map";
import { words } from "../words/words";
import { forgetOver } from "./actions/over";
import { CallCard } from "./call_card";
import { Cards } from "./cards";
import { placeOf } from "./call_draft";
import { pointText } from "../places/coordinates";
import { Detail } from "./detail";
import { focusedDuplicate } from "./duplicates";
import { useKeptFocus, useMapKeyboard } from "./kept_focus";
import { Queue } from "./queue";
import { useRecommended } from "./recommending";
import { regionKey } from "./region_keys";
import { DeskProvider, deskState, named, useDesk } from "./state";
import { useTaking } from "./taking";
import { Units } from "./units";
import "./desk.css";

export default function OperatorDesk() {
  const { session, link } = useConsole();
  const desk = useMemo(() => deskState(new Cards(session, () => Math.round(link.now()))), [session, link]);
  useEffect(() => desk.cards.follow(), [desk]);
  useEffect(() => {
    const went = (): void => desk.select(named());
    addEventListener("popstate", went);
    return () => removeEventListener("popstate", went);
  }, [desk]);
  return <DeskProvider value={desk}><Screen /></DeskProvider>;
}

/** Where each region gets the focus, by its key. */
const REGIONS = { "Alt+Digit1": "card-address", "Alt+Digit2": "queue", "Alt+Digit3": "units", "Alt+Digit4": "detail" } as const;

/** True while the focus is in the card, or nowhere: in a form or in the command line Ctrl+Enter is not about the card. */
function inCard(): boolean {
  const focused = document.activeElement;
  return focused === null || focused === document.body || document.getElementById("region-card")?.contains(focused) === true;
}

function Screen() {
  const around = useConsole();
  const { link } = around;
  const desk = useDesk();
  const taking = useTaking();
  const [handled, setHandled] = useState<Call | undefined>(undefined);
  const recommended = useRecommended(desk.selected.value);
  const cameFrom = useRef<Element | null>(null);
  const goTo = (id: string): void => {
    if (id === "detail") desk.mapShown.value = false;
    const card = id === "card-address" && desk.cards.front.value.stage !== "open" ? "card-addition" : id;
    const focus = (): void => document.getElementById(card)?.focus();
    // at once, because the next key is about it; what the map still hides takes the focus once it is shown
    focus();
    if (document.activeElement?.id !== card) requestAnimationFrame(focus);
  };
  const saved = (): void => { if (inCard()) void taking.take(false); };
  useKeys({
    ...Object.fromEntries(Object.entries(REGIONS).map(([key, id]) => [key, () => goTo(id)])),
    "Alt+Digit5": () => { desk.mapShown.value = !desk.mapShown.value; },
    F2: () => {
      cameFrom.current = document.activeElement;
      focusCommandLine();
    },
    Escape: () => {
      if (desk.peeked.value !== undefined) desk.peeked.value = undefined;
      else (stillThere(cameFrom.current) ?? document.getElementById("queue"))?.focus();
    },
    F4: once(() => void taking.answer()),
    F8: once(() => void taking.take(true)),
    "Ctrl+Enter": once(saved),
    "Ctrl+NumpadEnter": once(saved),
    // kept down it would attach to what the first press only pointed out
    "Shift+F8": once(() => {
      const choice = focusedDuplicate();
      if (choice !== undefined) void taking.take(true, choice);
    }),
  });
  useRinging(link);
  useEffect(() => link.picture.revision.subscribe(() => {
    forgetOver(around, desk);
    desk.cards.suspectedByRecord(link.picture.incidents);
  }), [around, desk]);
  useKeptFocus();
  const opened = (call: Call): void => {
    if (call.state?.state.case === "ringing") void taking.answer(call);
    else setHandled(call);
  };
  const selected = desk.selected.value;
  const act = regionKey(desk, () => (selected === undefined ? undefined : link.picture.incidents.get(selected)));
  const say = words().desk;
  return (
    <div class="desk">
      <TopBar title={say.title} keys={keyHelp()} />
      <AlarmStrip onOpen={(id) => desk.select(id)} />
      <main class="desk-grid">
        <CallCard taking={taking} handled={handled} onHandled={() => setHandled(undefined)} />
        <div class="middle" onKeyDown={act}><Queue onCall={opened} /></div>
        <div class="right" onKeyDown={act}><Units recommended={recommended} /></div>
        <div class="below" onKeyDown={act}>
          {desk.mapShown.value ? <MapRegion /> : null}
          {/* stays while the map is shown: what is being typed in it is not lost */}
          <div class="kept" hidden={desk.mapShown.value}><Detail /></div>
        </div>
      </main>
      <CommandLine selected={selected} onView={(id) => desk.view(id)} onRecommend={({ incidentId }) => desk.select(incidentId)} onAnswer={taking.answered} onNotAnswered={taking.notAnswered} />
    </div>
  );
}

/** Sounds when another call begins to ring; its twin is the count beside F4 and the first row of the queue. */
function useRinging(link: Link): void {
  const known = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => link.picture.revision.subscribe(() => {
    const ringing = [...link.picture.calls.values()].filter(({ state }) => state?.state.case === "ringing").map(({ callId }) => callId);
    if (ringing.some((callId) => !known.current.has(callId))) sound("attention");
    known.current = new Set(ringing);
  }), [link]);
}

/** The map in the place of the detail; a click on it says where the call is, or where the incident is while its place is changed. */
function MapRegion() {
  const desk = useDesk();
  useMapKeyboard("region-map");
  const picked = ({ latitude, longitude }: Position): void => {
    const { cards } = desk;
    const card = cards.front.value;
    const text = pointText({ latitude, longitude });
    if (desk.action.value?.what === "location") {
      desk.pointed.value = { latitude, longitude };
      desk.mapShown.value = false;
    } else if (card.stage === "open") cards.change(card.id, { coordinates: text, method: LocationMethod.MAP, uncertaintyM: undefined });
    else cards.change(card.id, { betterCoordinates: text, betterMethod: LocationMethod.MAP });
  };
  return (
    <Panel title={words().common.map} id="region-map" aside={<span class="muted">{words().desk.mapPicks}</span>}>
      <CentreMap selected={desk.selected.value} onSelect={(id) => desk.select(id)} onPick={picked} marked={placeOf(desk.cards.front.value)} />
    </Panel>
  );
}

/** The keys of this screen, for its help. */
function keyHelp(): readonly KeyHelp[] {
  const say = words().desk.keys;
  return [
    { key: "F2", does: say.commandLine },
    { key: "Escape", does: say.back },
    { key: "F4", does: say.answer },
    { key: "F8", does: say.saveAndRoute },
    { key: "Ctrl+Enter", does: say.save },
    { key: "Shift+F8", does: say.attach },
    { key: "Alt+Enter", does: say.confirm },
    { key: ["Alt+Digit1", "Alt+Digit2", "Alt+Digit3", "Alt+Digit4"], does: say.regions },
    { key: "Alt+Digit5", does: say.map },
    { key: ["ArrowUp", "ArrowDown"], does: say.move },
    { key: "Enter", does: say.open },
    { key: "Space", does: say.peek },
    { key: ["Digit1", "Digit9"], does: say.pickRun },
    { key: ["KeyK", "KeyE", "KeyA", "KeyC"], does: say.runSteps },
    { key: ["KeyN", "KeyS", "KeyR", "KeyP", "KeyT", "KeyL", "KeyH", "KeyM", "KeyX", "KeyQ", "KeyO"], does: say.incident },
  ];
}
