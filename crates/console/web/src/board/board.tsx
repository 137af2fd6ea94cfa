// The supervisor's board: the service, the queue by district, the desks, what is not as it should be, the map and the tape; live, or some
// hours ago.
import { effect, useComputed } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { AlarmStrip } from "../alarms/strip";
import { refusal } from "../api/refusal";
import { CommandLine } from "../command/command_line";
import { ConsoleProvider, useConsole, type Console } from "../context";
import { useKeys, type KeyHelp } from "../look/keys";
import { TopBar } from "../look/top_bar";
import { CentreMap } from "../map/map";
import { day, timeOfDay } from "../words/time";
import { words } from "../words/words";
import { BoardProvider, useBoard, type Board as BoardAround } from "./around";
import "./board.css";
import { calmed } from "./calm";
import { Desks, Operators } from "./desks_panel";
import { Exceptions } from "./exceptions_panel";
import { Heat } from "./heat_panel";
import { IncidentList, IncidentPanel } from "./incident_panel";
import { Levels } from "./levels_panel";
import { Observer } from "./observe";
import { BoardPanel, useZone } from "./panel";
import { Player } from "./replay";
import { fill, surroundings } from "./review";
import { Switch } from "./switch";
import type { TapeEvent } from "./tape";
import { Tape, type Begin, type IntoPast } from "./tape_panel";

/** How many events a replay shows and gives as a file. */
const PAST_EVENTS_MAX = 5_000;

/** What is shown in place beside the exceptions. */
type Opened =
  | { readonly what: "incident"; readonly incidentId: string }
  | { readonly what: "list"; readonly districtId: string; readonly priority: number | undefined };

export default function Board() {
  const around = useConsole();
  const { past, ...into } = useReplay(around);
  const shown = useMemo(() => (past === undefined ? around : surroundings(around, past)), [around, past]);
  const observer = useObserver(around);
  const title = words().board.title;
  return (
    <div class="board" data-replay={past !== undefined}>
      <TopBar title={title} keys={keyHelp()} />
      {/* a change of hour is a change of everything: nothing of one may stay in the other */}
      <ConsoleProvider value={shown} key={past === undefined ? "live" : "past"}>
        <Regions past={past} observer={observer} live={around} into={into} />
      </ConsoleProvider>
    </div>
  );
}

/** The keys of the board, for its help. */
function keyHelp(): KeyHelp[] {
  const { keys } = words().board;
  return [
    { key: ["KeyJ", "KeyK"], does: keys.step },
    { key: "Enter", does: keys.open },
    { key: "KeyT", does: keys.take },
    { key: "Escape", does: keys.leave },
    { key: "Space", does: keys.play },
    { key: ["BracketLeft", "BracketRight"], does: keys.speed },
    { key: ["ArrowLeft", "ArrowRight"], does: keys.leap },
  ];
}

/** Remembers what this window saw, also while it shows the past. */
function useObserver({ link }: Console): Observer {
  const observer = useMemo(() => new Observer(), [link]);
  useEffect(() => {
    // before it looks: a note is heard with what the incident says of it
    const hearing = link.picture.revision.subscribe(() => observer.hear(link.picture));
    const { moved, stop } = calmed(link.picture.revision);
    const looking = effect(() => {
      moved.value;
      observer.look(link.picture, link.now());
    });
    return () => {
      looking();
      hearing();
      stop();
    };
  }, [link, observer]);
  return observer;
}

/** Begins and leaves a replay. */
function useReplay(around: Console): IntoPast & { readonly past: Player | undefined } {
  const [past, setPast] = useState<Player | undefined>(undefined);
  const [coming, setComing] = useState(false);
  const [refused, setRefused] = useState<IntoPast["refused"]>(undefined);
  const ending = useRef<AbortController | undefined>(undefined);
  const leave = (): void => {
    ending.current?.abort();
    ending.current = undefined;
    setComing(false);
    setPast(undefined);
  };
  const begin: Begin = (from, at) => {
    ending.current?.abort();
    const stop = (ending.current = new AbortController());
    const player = new Player(from, around.link.now(), at);
    setRefused(undefined);
    setComing(true);
    player.begun.subscribe((begun) => {
      if (!begun || stop.signal.aborted) return;
      setComing(false);
      setPast(player);
      // whoever asked for the past wants to see it go on, and not as slowly as it was lived
      player.faster(1);
      player.play();
    });
    fill(player, around.stream, stop.signal).then(() => {
      if (player.begun.value || stop.signal.aborted) return;
      setComing(false);
      setRefused("nothing");
    }, (thrown: unknown) => {
      setComing(false);
      // a past that broke off is still true as far as it came; one that never began is said beside what was asked
      if (player.begun.value) player.cut();
      else setRefused(refusal(thrown));
    });
  };
  useEffect(() => () => ending.current?.abort(), []);
  return { past, coming, begin, leave, refused };
}

interface RegionsProps {
  readonly past: Player | undefined;
  readonly observer: Observer;
  /** The live surroundings, also while the past is shown. */
  readonly live: Console;
  readonly into: IntoPast;
}

function Regions({ past, observer, live, into }: RegionsProps) {
  const { link, session } = useConsole();
  const [opened, setOpened] = useState<Opened | undefined>(undefined);
  const beat = useMemo(() => calmed(link.picture.revision), [link]);
  useEffect(() => () => beat.stop(), [beat]);
  const board: BoardAround = useMemo(() => ({
    past, moved: beat.moved,
    acts: past === undefined && session.role === "supervisor",
    open: (incidentId) => setOpened({ what: "incident", incidentId }),
    list: (districtId, priority) => setOpened({ what: "list", districtId, priority }),
  }), [past, beat, session]);
  const close = (): void => setOpened(undefined);
  useKeys({
    Escape: () => {
      if (past !== undefined || into.coming) into.leave();
      else close();
    },
  });
  const events = useComputed(() => {
    if (past === undefined) return observer.events.value;
    past.position.value;
    past.loading.value;
    beat.moved.value;
    return past.events(PAST_EVENTS_MAX);
  }).value;
  const selected = opened?.what === "incident" ? opened.incidentId : undefined;
  return (
    <BoardProvider value={board}>
      {past === undefined ? <AlarmStrip onOpen={board.open} /> : <ReplayBar live={live} past={past} onLeave={into.leave} />}
      <Panels events={events} opened={opened} onClose={close} into={into} />
      {past === undefined ? <CommandLine selected={selected} onView={board.open} /> : null}
    </BoardProvider>
  );
}

interface PanelsProps {
  readonly events: readonly TapeEvent[];
  readonly opened: Opened | undefined;
  readonly onClose: () => void;
  readonly into: IntoPast;
}

/** Every panel, live or past. */
function Panels({ events, opened, onClose, into }: PanelsProps) {
  return (
    <main class="board-regions" data-opened={opened !== undefined}>
      <div class="board-top"><Levels events={events} /><Switch /></div>
      <div class="board-left"><Heat /><Desks events={events} /><Operators /></div>
      <div class="board-column">
        <div class="board-middle"><Exceptions /></div>
        {opened === undefined ? null : <div class="board-opened"><InPlace opened={opened} onClose={onClose} /></div>}
      </div>
      <div class="board-right">
        <MapPanel selected={opened?.what === "incident" ? opened.incidentId : undefined} />
        <Tape events={events} into={into} />
      </div>
    </main>
  );
}

function InPlace({ opened, onClose }: { opened: Opened; onClose: () => void }) {
  switch (opened.what) {
    case "incident": return <IncidentPanel incidentId={opened.incidentId} onClose={onClose} />;
    case "list": return <IncidentList districtId={opened.districtId} priority={opened.priority} onClose={onClose} />;
  }
}

function MapPanel({ selected }: { selected: string | undefined }) {
  const { link } = useConsole();
  const { past, open } = useBoard();
  return (
    <BoardPanel title={words().common.map} name="map" aside={past === undefined ? null : <span class="muted">{words().board.replay.noPositions}</span>}>
      {past === undefined
        ? <CentreMap selected={selected} onSelect={open} />
        : <CentreMap selected={selected} onSelect={open} picture={link.picture} at={past.position.value} />}
    </BoardPanel>
  );
}

/** Above a replay: which moment it is, what waits in the present meanwhile, and the way back. */
function ReplayBar({ live, past, onLeave }: { live: Console; past: Player; onLeave: () => void }) {
  const zone = useZone();
  const waiting = useComputed(() => {
    live.link.picture.revision.value;
    let count = 0;
    for (const { state } of live.link.picture.alarms.values()) if (state?.state.case === "raised") count += 1;
    return count;
  });
  const said = words().board.replay;
  const at = past.position.value;
  return (
    <section class="replay-bar" aria-label={said.region}>
      <strong class="numbers">{said.mark(timeOfDay(at, zone))}</strong>
      <span>{day(at, zone)}</span>
      <span class="replay-live" role="status">{said.waiting(waiting.value)}</span>
      <button type="button" data-tone="main" onClick={onLeave}>{said.leave} <kbd>Esc</kbd></button>
    </section>
  );
}
