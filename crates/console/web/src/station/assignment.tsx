// The one assignment that the desk must answer next, written for somebody who stands four metres away.
import { useRef } from "preact/hooks";
import { useConsole } from "../context";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import { Step } from "../contract/kezek/record/v1/milestone_pb";
import { keyLabel } from "../look/keys";
import { AutomaticOff } from "../look/automatic_off";
import { typeTitle } from "../look/incident_type";
import { Panel, Priority } from "../look/look";
import type { Places } from "../places/places";
import { language } from "../words/languages";
import { hourMinute, span } from "../words/time";
import { words } from "../words/words";
import { Answer } from "./answer";
import { useFits } from "./fits";
import { Goes } from "./goes";
import { useDelivered } from "./delivered";
import { stepAt } from "../picture/steps";
import { asksToSend, assignmentsOf, dueOf, keyOf, type Task, type Work } from "./next";
import { Peek, type Peeking } from "./peek";
import { placeOf } from "./place";
import { Quiet } from "./quiet";

/** A place of more letters than this takes two lines or three: it is not written as large as the screen allows. */
const LONG = 26;

/** What a person may ask for about the incident that is shown. */
export interface Asking {
  readonly onReturn: () => void;
  readonly onBackup: () => void;
  readonly onClose: () => void;
  readonly onPrint: () => void;
  readonly onName: () => void;
  readonly onNext: () => void;
}

/** What is shown. */
export interface AssignmentProps extends Asking {
  /** What must be answered; absent: nothing, or a chosen incident asks nothing. */
  readonly task: Task | undefined;
  /** The incident that is shown, if it is one of this desk's. */
  readonly work: Work | undefined;
  /** True if a person chose it. */
  readonly chosen: boolean;
  /** What else waits for an answer. */
  readonly more: readonly Task[];
  /** Shows the next incident that asks something; absent: there is none. */
  readonly onFurther: (() => void) | undefined;
  /** The units that the officer picked for this question. */
  readonly picked: readonly string[];
  readonly peeking: Peeking;
}

export function NextAssignment(props: AssignmentProps) {
  const { station } = words();
  const { link } = useConsole();
  const { task, work, chosen, more } = props;
  const incident = task?.incident ?? work?.incident;
  const aside = (
    <>
      {more.length > 0 ? <strong class="more">{station.waiting(more.length)}: {[...new Set(more.map(({ what }) => station.what[what]))].join(", ")}</strong> : null}
      {props.onFurther === undefined ? null : <button type="button" onClick={props.onFurther}><kbd>{keyLabel("ArrowDown")}</kbd> {station.toFurther}</button>}
      {chosen ? <span class="muted">{station.chosen}</span> : null}
      {chosen ? <button type="button" onClick={props.onNext}><kbd>{keyLabel("Escape")}</kbd> {station.toNext}</button> : null}
      <AutomaticOff />
    </>
  );
  return (
    <Panel title={task === undefined ? station.next : station.what[task.what]} aside={aside} id="assignment">
      <div class="announced" role="status">{task === undefined ? "" : announced(task)}</div>
      {link.trueAt.value === 0 ? <p class="connecting">{station.connecting}</p>
        : task !== undefined || incident !== undefined ? <Shown key={task === undefined ? incident?.incidentId : keyOf(task)} {...props} incident={incident} />
        : <Quiet />}
    </Panel>
  );
}

/** What a screen reader says when another question comes up. */
function announced(task: Task): string {
  const { station, common } = words();
  const { incident } = task;
  return `${station.what[task.what]}. ${common.priority} ${incident?.priority ?? ""}. ${incident?.spokenNumber ?? ""}`;
}

function Shown({ incident, ...props }: AssignmentProps & { incident: Incident | undefined }) {
  const { places } = useConsole();
  const { station } = words();
  const { task, work, peeking } = props;
  const whole = useRef<HTMLDivElement>(null);
  const read = useRef<HTMLDivElement>(null);
  useFits(read);
  const asked = task === undefined ? work?.assignments ?? [] : assignmentsOf(task);
  useDelivered(whole, asked.find(({ state }) => state?.state.case === "sent"));
  const what = task?.what ?? (work?.mayClose === true ? "over" : "underway");
  const [place, more] = placeOf(incident);
  const type = typeTitle(places.value, incident?.incidentTypeId ?? "");
  return (
    <div class="asked" data-what={what} data-peeking={peeking.open} ref={whole}>
      {/* what does not fit can be scrolled, and says so; the answers below it always stand where they stood */}
      <div class="read" ref={read} tabIndex={0} role="group" aria-label={station.what[what]}>
        <p class="what">
          {incident === undefined ? null : <Priority of={incident.priority} />}
          <span class="numbers">{station.number(incident?.spokenNumber ?? "")}</span>
          <strong class="type">{type}</strong>
          <Due task={task} />
        </p>
        {incident === undefined ? null : <Peek incident={incident} peeking={peeking} />}
        <p class="address" data-long={place.length > LONG}>{place}</p>
        {more === "" ? null : <p class="landmark">{more}</p>}
        <p class="facts">
          <Facts incident={incident} asked={asked} task={task} />
          <Goes task={task} picked={props.picked} work={work} />
        </p>
        <p class="below" aria-hidden="true">▾ {station.below}</p>
      </div>
      <Answer {...props} incident={incident} />
    </div>
  );
}

/** The language of the caller, and what the desk is asked. */
function Facts({ incident, asked: assignments, task }: { incident: Incident | undefined; asked: readonly Assignment[]; task: Task | undefined }) {
  const { places, link } = useConsole();
  const { station, common } = words();
  link.picture.revision.value;
  const tag = incident?.callIds.map((id) => link.picture.calls.get(id)?.language ?? "").find((one) => one !== "");
  const asked = task?.what === "stand_down" ? "" : askedWords(assignments, task, places.value);
  const back = task?.what === "stand_down" ? task.assignment.state?.state : task?.what === "run_stand_down" ? task.run.state?.state : undefined;
  return (
    <>
      {back?.case === "standDownSent" ? <strong>{station.stoodDownBy(back.value.sentBy, back.value.reason)}</strong> : null}
      {asked === "" ? null : <span>{asked}</span>}
      <Received assignments={assignments} />
      {tag === undefined ? null : <span>{station.language(common.languageNames[tag] ?? tag)}</span>}
    </>
  );
}

/** Who at the desk has it, and since when. Several that were received together are one word. */
function Received({ assignments }: { assignments: readonly Assignment[] }) {
  const { places } = useConsole();
  const zone = places.value?.directory.timeZone;
  const said = assignments.flatMap(({ state, milestones }) => {
    const at = stepAt(milestones, Step.RECEIVED);
    const person = state?.state.case === "received" || state?.state.case === "accepted" ? state.state.value.person : "";
    return person === "" || at === undefined || zone === undefined ? [] : [words().station.receivedBy(person, hourMinute(at, zone))];
  });
  return <>{[...new Set(said)].map((one) => <span key={one}>{one}</span>)}</>;
}

/** What the desk is asked, in words; empty for nothing. Several places of one need are one wish. */
function askedWords(assignments: readonly Assignment[], task: Task | undefined, places: Places | undefined): string {
  const { asked } = words().station;
  const purpose = assignments[0]?.purpose?.purpose;
  switch (purpose?.case) {
    case "respond": {
      const kind = places?.kind(purpose.value.unitKindId, language.value) ?? purpose.value.unitKindId;
      const toFill = task === undefined ? 1 : assignments.filter(asksToSend).length;
      return asked.respond(toFill > 1 ? `${kind} × ${toFill}` : kind);
    }
    case "inform": return asked.inform;
    case undefined: return "";
  }
}

/** The time that is left, counting up once it is over, with a bar that fills. */
function Due({ task }: { task: Task | undefined }) {
  const { now } = useConsole();
  const { station, common } = words();
  if (task === undefined || task.what === "run_stand_down" || task.what === "stand_down") return null;
  const due = dueOf(task);
  if (due === undefined) return <span class="due muted">{station.notAwaited}</span>;
  const from = stepAt(task.assignment.milestones, task.what === "undecided" ? Step.RECEIVED : Step.SENT) ?? due;
  const left = due - now.value;
  const gone = due <= from ? 1 : Math.min(1, Math.max(0, (now.value - from) / (due - from)));
  const stage = left <= 0 ? "over" : gone >= 0.8 ? "near" : "calm";
  return (
    <span class="due" data-stage={stage}>
      <span class="visually-hidden">{task.what === "undecided" ? station.sendBy : station.answerBy}</span>
      <span class="bar" aria-hidden="true"><span style={{ inlineSize: `${Math.round(gone * 100)}%` }} /></span>
      <span class="numbers">{left <= 0 ? common.late(span(-left)) : span(left)}</span>
    </span>
  );
}

