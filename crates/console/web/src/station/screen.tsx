// The regions of the duty desk's screen, the keys, and what is chosen on it.
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { AlarmStrip } from "../alarms/strip";
import { CommandLine, focusCommandLine } from "../command/command_line";
import { useConsole } from "../context";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import { Channel } from "../contract/kezek/record/v1/milestone_pb";
import { once, useKeys, type KeyHelp, type Keys } from "../look/keys";
import { Panel } from "../look/look";
import { TopBar } from "../look/top_bar";
import { CentreMap } from "../map/map";
import { words } from "../words/words";
import { NextAssignment } from "./assignment";
import { useLitScreen, useRinging } from "./attention";
import { useChosen } from "./chosen";
import { useDesk, type Speaker } from "./desk";
import { going, type OwnUnit, type UnitAct } from "./fleet";
import { Incidents } from "./incidents";
import { Lost } from "./lost";
import { asksToSend, assignmentsOf, keyOf, tasks, work, type Task, type Work } from "./next";
import { Opened, type Open } from "./opened";
import { usePeeking } from "./peek";
import { PersonButton } from "./people";
import { usePicks } from "./picks";
import { Slip } from "./slip";
import { isOfIncident, UnsaidList, useUnsaid } from "./unsaid_list";
import { crewOf } from "./unit_dialogs";
import { NUMBERED, Units, type UnitActs } from "./units";

export interface ScreenProps {
  readonly title: string;
  /** Moves whenever a record may have changed. */
  readonly revision: number;
  /** Keeps the name of the person at the desk; false if it cannot. */
  readonly onNamed: (name: string) => boolean;
  /** What stands above the regions for whoever is not of this desk. */
  readonly voice: ComponentChildren;
}

export function Screen({ title, revision, onNamed, voice }: ScreenProps) {
  const desk = useDesk();
  const { link } = useConsole();
  const { station } = words();
  const questions = useMemo(() => tasks(link.picture, desk.station), [revision, desk.station]);
  const works = useMemo(() => work(link.picture, desk.station), [revision, desk.station]);
  const [chosenWork, setChosen] = useChosen(works, questions);
  const [open, setOpen] = useState<Open | undefined>(desk.own && desk.speaker === undefined ? { is: "person" } : undefined);
  const task = chosenWork === undefined ? questions[0] : chosenWork.tasks[0];
  const shown = chosenWork ?? works.find(({ incident }) => incident === task?.incident);
  const incident = task?.incident ?? shown?.incident;
  const question = task === undefined ? undefined : keyOf(task);
  const peeking = usePeeking(incident?.incidentId);
  const lit = useLitScreen();
  useRinging(questions.filter(({ what }) => what !== "undecided").map(keyOf), desk.own);

  const asking = askingFor({ task, shown, speaker: desk.speaker, own: desk.own, setOpen, setChosen });
  const acts = actsFor(desk.speaker, setOpen, desk.say);
  const picks = usePicks(desk.units, question, acts);
  const walk = (by: number): void => {
    const place = works.findIndex((one) => one === shown);
    setChosen(works[Math.min(works.length - 1, Math.max(0, place + by))]?.incident.incidentId);
  };
  useKeys(bindings({
    asking, ofPicked: picks.report, onPick: picks.pick, walk, units: desk.units, open: () => setOpen({ is: "person" }), own: desk.own, mayPick: desk.speaker !== undefined,
    peek: peeking.press,
    letGo: () => {
      // what must not be read in the corridor goes first, and only that: one key does not change two things at once
      if (peeking.open) peeking.close();
      else if (picks.units.length > 0) picks.letGo();
      else setChosen(undefined);
    },
  }));
  useReleased("KeyV", peeking.release);

  const further = furtherThan(works, shown);
  const recommended = task?.what === "undecided" ? going([], assignmentsOf(task)) : [];
  return (
    <div class="station-screen" onClick={letGoOfPressed}>
      <TopBar title={title} keys={help()}>
        {desk.own ? <PersonButton name={desk.speaker?.name} onChange={() => setOpen({ is: "person" })} /> : null}
        {lit ? null : <span class="muted">{station.screenMayDarken}</span>}
      </TopBar>
      <AlarmStrip station={desk.station} onOpen={setChosen} />
      <main class="station">
        <Lost />
        {voice}
        <div class="regions">
          <NextAssignment {...asking} task={task} work={shown} chosen={chosenWork !== undefined} more={questions.filter((one) => keyOf(one) !== question)} onFurther={further === undefined ? undefined : () => setChosen(further)} picked={picks.answer} peeking={peeking} />
          <Units acts={acts} picked={picks.units} nothing={picks.nothing} recommended={recommended} onPick={picks.pick} />
          <Incidents works={works} shown={incident?.incidentId} onChoose={setChosen} />
          <MapOrUnsaid selected={incident?.incidentId} onSelect={setChosen} />
        </div>
        <CommandLine selected={incident?.incidentId} onView={setChosen} />
      </main>
      {incident === undefined ? null : <Slip incident={incident} work={shown} open={peeking.open} />}
      <Opened open={open} onNamed={onNamed} onClose={() => setOpen(undefined)} />
    </div>
  );
}

/** The incident that an arrow down goes to, if it asks something as well; absent: nothing further is asked there. */
function furtherThan(works: readonly Work[], shown: Work | undefined): string | undefined {
  const next = works[works.findIndex((one) => one === shown) + 1];
  return next === undefined || next.tasks.length === 0 ? undefined : next.incident.incidentId;
}

/** The map, or what waits for a person instead: it must be decided where it is seen, and nothing else may move or be covered by it. */
function MapOrUnsaid({ selected, onSelect }: { selected: string | undefined; onSelect: (incident: string) => void }) {
  const { station: own } = useDesk();
  const { station } = words();
  const unsaid = useUnsaid(isOfIncident);
  return (
    <>
      <p class="visually-hidden" role="status">{unsaid.length === 0 ? "" : `${station.unsaid.title}: ${unsaid.map(({ what }) => what).join("; ")}`}</p>
      {unsaid.length > 0 ? <Panel title={station.unsaid.title} id="unsaid"><UnsaidList list={unsaid} /></Panel>
        : <Panel title={station.mapTitle} id="map"><CentreMap station={own} selected={selected} onSelect={onSelect} /></Panel>}
    </>
  );
}

/** What can be asked about what is shown. */
function askingFor({ task, shown, speaker, own, setOpen, setChosen }: {
  task: Task | undefined; shown: Work | undefined; speaker: Speaker | undefined; own: boolean; setOpen: (open: Open) => void; setChosen: (incident: string | undefined) => void;
}) {
  const incident = task?.incident ?? shown?.incident;
  return {
    onReturn: () => { if (speaker !== undefined && (task?.what === "unanswered" || task?.what === "undecided")) setOpen({ is: "return", assignments: returnable(task), speaker }); },
    onBackup: () => { if (speaker !== undefined && incident !== undefined) setOpen({ is: "backup", incident, speaker }); },
    onClose: () => { if (own && speaker !== undefined && incident !== undefined && shown?.mayClose === true) setOpen({ is: "close", incident }); },
    onPrint: () => { if (incident !== undefined) window.print(); },
    onName: () => setOpen({ is: "person" }),
    onNext: () => setChosen(undefined),
  };
}

/** What goes back: the asking, and not the knowing that came with it. */
function returnable(task: Task): readonly Assignment[] {
  const asked = assignmentsOf(task).filter(asksToSend);
  return asked.length > 0 ? asked : assignmentsOf(task);
}

/** What can be said about a unit. A crew that speaks to its desk does so by radio, unless an operator says otherwise. */
function actsFor(speaker: Speaker | undefined, setOpen: (open: Open) => void, say: ReturnType<typeof useDesk>["say"]): UnitActs {
  const as = (does: (unit: OwnUnit, speaker: Speaker) => void) => (unit: OwnUnit): void => { if (speaker !== undefined) does(unit, speaker); };
  const step = (what: "acknowledged" | "enRoute" | "onScene") => as((unit, by) => {
    if (unit.run === undefined) return;
    const channel = by.channel === Channel.DEVICE ? Channel.RADIO : by.channel;
    void say({ say: "step", runId: unit.run.runId, step: what, disposition: "", how: { channel, person: crewOf(unit, by) } });
  });
  return {
    acknowledged: step("acknowledged"), enRoute: step("enRoute"), onScene: step("onScene"),
    clear: as((unit, by) => setOpen({ is: "report", unit, step: "cleared", speaker: by })),
    late: as((unit, by) => setOpen({ is: "report", unit, step: "enRoute", speaker: by })),
    sign: as((unit) => setOpen({ is: unit.doing === "signedOff" ? "signOn" : "signOff", unit })),
    service: as((unit) => {
      if (unit.doing === "available") setOpen({ is: "outOfService", unit });
      else void say({ say: "inService", unitId: unit.known.unitId });
    }),
  };
}

interface Bound {
  readonly asking: ReturnType<typeof askingFor>;
  readonly units: readonly OwnUnit[];
  readonly own: boolean;
  readonly mayPick: boolean;
  /** Says something about the unit that is picked, or why it says nothing. */
  ofPicked(act: UnitAct): void;
  onPick(unit: string, also: boolean): void;
  walk(by: number): void;
  open(): void;
  peek(): void;
  letGo(): void;
}

function bindings({ asking, ofPicked, units, own, mayPick, onPick, walk, open, peek, letGo }: Bound): Keys {
  const says = (act: UnitAct) => once(() => ofPicked(act));
  const keys: Record<string, (event: KeyboardEvent) => void> = {
    KeyK: says("acknowledged"), KeyE: says("enRoute"), KeyA: says("onScene"), KeyC: says("clear"), KeyT: says("late"), KeyS: says("sign"), KeyO: says("service"),
    KeyR: once(asking.onReturn), KeyB: once(asking.onBackup), KeyX: once(asking.onClose), KeyP: once(asking.onPrint),
    KeyV: once(peek), Escape: letGo, ArrowDown: () => walk(1), ArrowUp: () => walk(-1), F2: focusCommandLine,
  };
  if (own) keys["KeyW"] = once(open);
  if (!mayPick) return keys;
  for (const [place, { known }] of units.slice(0, NUMBERED).entries()) {
    keys[`Digit${place + 1}`] = keys[`Numpad${place + 1}`] = once(() => onPick(known.unitId, false));
    keys[`Shift+Digit${place + 1}`] = once(() => onPick(known.unitId, true));
  }
  return keys;
}

/** What was pressed with a pointer keeps no focus: the Enter that comes next is meant for the answer, unless a dialog asks something. */
function letGoOfPressed(event: MouseEvent): void {
  if (event.detail > 0 && event.target instanceof Element && event.target.closest("dialog") === null) event.target.closest("button")?.blur();
}

/** Calls when a key is let go. */
function useReleased(code: string, does: () => void): void {
  useEffect(() => {
    const up = (event: KeyboardEvent): void => { if (event.code === code) does(); };
    addEventListener("keyup", up);
    return () => removeEventListener("keyup", up);
  });
}

function help(): readonly KeyHelp[] {
  const { keys } = words().station;
  return [
    { key: "Enter", does: keys.hold }, { key: ["Digit1", "Digit9"], does: keys.digits }, { key: ["KeyK", "KeyE", "KeyA", "KeyC"], does: keys.step }, { key: "KeyT", does: keys.late },
    { key: "KeyS", does: keys.sign }, { key: "KeyO", does: keys.service }, { key: "KeyR", does: keys.back }, { key: "KeyB", does: keys.backup }, { key: "KeyP", does: keys.print },
    { key: "KeyV", does: keys.peek }, { key: "KeyX", does: keys.close }, { key: "KeyW", does: keys.person }, { key: ["ArrowUp", "ArrowDown"], does: keys.walk },
    { key: "Escape", does: keys.escape }, { key: "F2", does: keys.command },
  ];
}
