// What the desk can say to what is shown: the one answer that is held, and the others beside it.
import { useConsole } from "../context";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import { keyLabel } from "../look/keys";
import { words } from "../words/words";
import type { AssignmentProps } from "./assignment";
import { cannotGo, free } from "./cannot";
import { described } from "./described";
import { ownWord, useDesk, type Speaker } from "./desk";
import { going, type OwnUnit } from "./fleet";
import { Hold } from "./hold";
import { assignmentsOf, keyOf, type Task } from "./next";
import type { Saying } from "./saying";

/** The answers that there are. */
export function Answer(props: AssignmentProps & { incident: Incident | undefined }) {
  const desk = useDesk();
  const { station } = words();
  const { task, work, incident, picked, peeking } = props;
  const back = task?.what === "unanswered" || task?.what === "undecided";
  const busy = desk.sayings.list.value.some(({ state }) => state === "sending");
  return (
    <div class="answers">
      {task === undefined || desk.speaker === undefined && !desk.own ? null : <Main task={task} picked={picked} onName={props.onName} />}
      {desk.speaker === undefined ? null : (
        <>
          {back ? <Choice name="KeyR" label={station.act.back} onClick={props.onReturn} disabled={busy} /> : null}
          {incident === undefined ? null : <Choice name="KeyB" label={station.act.backup} onClick={props.onBackup} disabled={busy} />}
          {work?.mayClose === true && desk.own ? <Choice name="KeyX" label={station.act.close} onClick={props.onClose} disabled={busy} /> : null}
        </>
      )}
      {incident === undefined ? null : (
        <>
          <button type="button" class="choice-button" aria-pressed={peeking.open} onPointerDown={(event) => { if (event.button === 0) peeking.press(); }} onPointerUp={peeking.release} onPointerCancel={peeking.release} onClick={(event) => { if (event.detail === 0) peeking.press(); }}>
            <kbd>{keyLabel("KeyV")}</kbd> {peeking.open ? station.act.hide : station.act.peek}
          </button>
          <Choice name="KeyP" label={station.act.print} onClick={props.onPrint} />
        </>
      )}
    </div>
  );
}

function Choice({ name, label, onClick, disabled = false }: { name: string; label: string; onClick: () => void; disabled?: boolean }) {
  return <button type="button" class="choice-button" onClick={onClick} disabled={disabled}><kbd>{keyLabel(name)}</kbd> {label}</button>;
}

/** The answer that is held, or why there is none and what to do instead. */
function Main({ task, picked, onName }: { task: Task; picked: readonly string[]; onName: () => void }) {
  const { places } = useConsole();
  const desk = useDesk();
  const { hold, unsaid } = words().station;
  const { speaker } = desk;
  if (speaker === undefined) return <button type="button" class="name-first" data-tone="main" onClick={onName}>{hold.nameFirst}</button>;
  const said = desk.sayings.list.value.filter(({ state, saying }) => state !== "refused" && sameQuestion(saying, task));
  const [first] = said;
  const sending = said.some(({ state }) => state === "sending");
  // what was said over a dead link is said again by the hand that said it, as soon as a person finds it still true
  if (first !== undefined && desk.live && !sending) {
    const again = first.state === "waiting" ? unsaid.send : unsaid.sendAgain;
    return <Held question={`again/${said.map(({ id }) => id).join("+")}`} label={`${again} · ${described(first.saying, desk.picture, places.value)}`} onHeld={() => said.forEach(({ id }) => void desk.sayings.again(id))} />;
  }
  const callsign = (unit: string): string => places.value?.callsign(unit) ?? unit;
  const sent = task.what === "undecided" ? going(picked, assignmentsOf(task)) : [];
  const wrong = task.what === "undecided" ? whyNot(sent, picked.length > 0, task.assignment, desk.units) : undefined;
  const beside = sending ? unsaid.sending : desk.live ? "" : first === undefined ? hold.notSent : hold.unheard;
  return (
    <Held
      question={keyOf(task)} means={sent.join("+")} label={wrong ?? labelOf(task, sent.map(callsign), speaker.name, callsign)} beside={beside}
      disabled={wrong !== undefined || first !== undefined} onHeld={() => answersTo(task, sent, speaker).forEach((saying) => void desk.say(saying))}
    />
  );
}

/** The button itself, with its key while it can be held. */
function Held({ question, means = "", label, beside = "", disabled = false, onHeld }: { question: string; means?: string; label: string; beside?: string; disabled?: boolean; onHeld: () => void }) {
  return (
    <div class="main-answer">
      <Hold question={question} means={means} byEnter disabled={disabled} onHeld={onHeld}>
        {disabled ? null : <kbd>{words().station.hold.key}</kbd>} {label}{beside === "" ? null : <span class="not-sent"> · {beside}</span>}
      </Hold>
    </div>
  );
}

function labelOf(task: Task, sent: readonly string[], person: string, callsign: (unit: string) => string): string {
  const { hold } = words().station;
  switch (task.what) {
    case "unanswered": return hold.received(person);
    case "undecided": return hold.send(sent.join(", "));
    case "stand_down": return hold.standDown;
    case "run_stand_down": return hold.runStandDown(callsign(task.run.unitId));
  }
}

/** Why those who would go cannot, and what to do about it; absent: they can. */
function whyNot(sent: readonly string[], isPicked: boolean, assignment: Assignment, units: readonly OwnUnit[]): string | undefined {
  const { hold } = words().station;
  const why = sent.length === 0 ? hold.nobody : cannotGo(sent, assignment, units);
  if (why === undefined) return undefined;
  if (free(assignment, units).length === 0) return `${why} ${hold.returnIt(keyLabel("KeyR"))}`;
  return `${why} ${isPicked ? hold.pickOther(keyLabel("Escape")) : hold.pick}`;
}

function sameQuestion(saying: Saying, task: Task): boolean {
  switch (saying.say) {
    case "received": return task.what === "unanswered" && asks(task, saying.assignmentId);
    case "accepted": return task.what === "undecided" && asks(task, saying.assignmentId);
    case "returned":
    case "standDownConfirmed": return asks(task, saying.assignmentId);
    case "runStandDownConfirmed": return task.what === "run_stand_down" && task.run.runId === saying.runId;
    case "step":
    case "signOn":
    case "signOff":
    case "outOfService":
    case "inService":
    case "backup":
    case "close": return false;
  }
}

function asks(task: Task, assignmentId: string): boolean {
  return assignmentsOf(task).some((assignment) => assignment.assignmentId === assignmentId);
}

/** What a held answer says. Units beyond the first fill the places of the assignments that ask the same, so one acceptance is enough. */
function answersTo(task: Task, sent: readonly string[], speaker: Speaker): Saying[] {
  const [how, person] = [ownWord(speaker), speaker.name];
  switch (task.what) {
    case "unanswered": return assignmentsOf(task).map(({ assignmentId }) => ({ say: "received", assignmentId, person, how }));
    case "undecided": return [{ say: "accepted", assignmentId: task.assignment.assignmentId, version: String(task.assignment.version), unitIds: sent, person, how }];
    case "stand_down": return [{ say: "standDownConfirmed", assignmentId: task.assignment.assignmentId, how }];
    case "run_stand_down": return [{ say: "runStandDownConfirmed", runId: task.run.runId, how }];
  }
}
