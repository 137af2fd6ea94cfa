// What the desk can say to what is shown: the one answer that is held, and the others beside it.
import { useConsole } from "../context";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import { keyLabel } from "../look/keys";
import { span } from "../words/time";
import { words } from "../words/words";
import type { AssignmentProps } from "./assignment";
import { ownWord, useDesk, type Desk } from "./desk";
import { going, unfit, type OwnUnit } from "./fleet";
import { Hold } from "./hold";
import { keyOf, type Task } from "./next";
import type { Saying } from "./saying";

/** The answers that there are. */
export function Answer(props: AssignmentProps & { incident: Incident | undefined }) {
  const desk = useDesk();
  const { station } = words();
  const { task, work, incident, picked, peeking } = props;
  const back = task?.what === "unanswered" || task?.what === "undecided";
  const busy = desk.sayings.list.value.some(({ state }) => state === "sending");
  return (
    <>
      <Goes task={task} picked={picked} work={props.work} />
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
    </>
  );
}

function Choice({ name, label, onClick, disabled = false }: { name: string; label: string; onClick: () => void; disabled?: boolean }) {
  return <button type="button" class="choice-button" onClick={onClick} disabled={disabled}><kbd>{keyLabel(name)}</kbd> {label}</button>;
}

/** Who goes, or would. */
function Goes({ task, picked, work }: Pick<AssignmentProps, "task" | "picked" | "work">) {
  const { places, link } = useConsole();
  const { station } = words();
  const callsign = (unit: string): string => places.value?.callsign(unit) ?? unit;
  if (task === undefined) {
    const out = work?.runs.map((run) => `${callsign(run.unitId)}: ${words().common.runState[run.state?.state.case ?? "sent"]}`) ?? [];
    return out.length === 0 ? null : <p class="goes">{out.join(" · ")}</p>;
  }
  if (task.what === "run_called_back") return <p class="goes"><strong>{callsign(task.run.unitId)}</strong> {places.value?.units.get(task.run.unitId)?.radioOnly === false ? station.crewConfirms(callsign(task.run.unitId)) : null}</p>;
  const { assignment } = task;
  if (task.what === "called_back" || assignment.purpose?.purpose.case !== "respond") return null;
  if (assignment.runIds.length > 0) {
    const sent = assignment.runIds.flatMap((id) => link.picture.runs.get(id)?.unitId ?? []).map(callsign);
    return <p class="goes">{station.goes.sentByCentre(sent.join(", "))}</p>;
  }
  if (picked.length > 0) return <p class="goes">{station.goes.picked(picked.map(callsign).join(", "))}</p>;
  if (assignment.recommendedUnitId === "") return <p class="goes">{station.goes.nobody}</p>;
  const travel = travelOf(assignment, task.incident, link.picture.recommendations);
  return <p class="goes">{station.goes.recommended(callsign(assignment.recommendedUnitId))}{travel === undefined ? null : <span class="travel"> · {station.goes.travel(span(travel * 1_000))}</span>}</p>;
}

/** The recommended unit's way in seconds, as the centre reckoned it when it decided. */
function travelOf(assignment: Assignment, incident: Incident | undefined, recommendations: Desk["picture"]["recommendations"]): number | undefined {
  const needs = recommendations.get(incident?.recommendationId ?? "")?.needs ?? [];
  return needs.flatMap(({ chosen, next }) => [...chosen, ...next]).find(({ unitId }) => unitId === assignment.recommendedUnitId)?.travelTimeS;
}

/** The answer that is held. */
function Main({ task, picked, onName }: { task: Task; picked: readonly string[]; onName: () => void }) {
  const { places } = useConsole();
  const desk = useDesk();
  const { station } = words();
  const { speaker } = desk;
  if (speaker === undefined) return <button type="button" class="name-first" data-tone="main" onClick={onName}>{station.hold.nameFirst}</button>;
  const callsign = (unit: string): string => places.value?.callsign(unit) ?? unit;
  const sent = task.what === "undecided" ? going(picked, task.assignment) : [];
  const wrong = task.what === "undecided" ? whyNot(sent, task.assignment, desk.units, callsign) : undefined;
  const label = labelOf(task, sent.map(callsign), speaker.name, callsign);
  const already = desk.sayings.list.value.some(({ state, saying }) => (state === "sending" || state === "waiting") && sameQuestion(saying, task));
  return (
    <div class="main-answer">
      <Hold question={keyOf(task)} byEnter disabled={wrong !== undefined || already} onHeld={() => void desk.say(answerTo(task, sent, { ...desk, speaker }))}>
        <kbd>{station.hold.key}</kbd> {wrong ?? label}{desk.live ? null : <span class="not-sent"> · {station.hold.notSent}</span>}
      </Hold>
    </div>
  );
}

function labelOf(task: Task, sent: readonly string[], person: string, callsign: (unit: string) => string): string {
  const { hold } = words().station;
  switch (task.what) {
    case "unanswered": return hold.received(person);
    case "undecided": return hold.send(sent.join(", "));
    case "called_back": return hold.calledBack;
    case "run_called_back": return hold.runCalledBack(callsign(task.run.unitId));
  }
}

/** Why those who would go cannot; absent: they can. */
function whyNot(sent: readonly string[], assignment: Assignment, units: readonly OwnUnit[], callsign: (unit: string) => string): string | undefined {
  const { station, common } = words();
  if (sent.length === 0) return station.hold.nobody;
  for (const id of sent) {
    const unit = units.find(({ known }) => known.unitId === id);
    const why = unit === undefined ? undefined : unfit(unit, assignment);
    if (why === undefined) continue;
    if (why === "kind") return station.unfit.kind(callsign(id));
    return station.unfit.busy(callsign(id), why === "signedOff" || why === "outOfService" || why === "available" ? common.unitState[why] : common.runState[why]);
  }
  return undefined;
}

function sameQuestion(saying: Saying, task: Task): boolean {
  switch (saying.say) {
    case "received": return task.what === "unanswered" && task.assignment.assignmentId === saying.assignmentId;
    case "accepted": return task.what === "undecided" && task.assignment.assignmentId === saying.assignmentId;
    case "returned":
    case "calledBack": return task.what !== "run_called_back" && task.assignment.assignmentId === saying.assignmentId;
    case "runCalledBack": return task.what === "run_called_back" && task.run.runId === saying.runId;
    case "step":
    case "signOn":
    case "signOff":
    case "outOfService":
    case "inService":
    case "backup":
    case "close": return false;
  }
}

function answerTo(task: Task, sent: readonly string[], desk: Desk & { readonly speaker: NonNullable<Desk["speaker"]> }): Saying {
  const how = ownWord(desk.speaker);
  switch (task.what) {
    case "unanswered": return { say: "received", assignmentId: task.assignment.assignmentId, person: desk.speaker.name, how };
    case "undecided": return { say: "accepted", assignmentId: task.assignment.assignmentId, version: String(task.assignment.version), unitIds: sent, person: desk.speaker.name, how };
    case "called_back": return { say: "calledBack", assignmentId: task.assignment.assignmentId, how };
    case "run_called_back": return { say: "runCalledBack", runId: task.run.runId, how };
  }
}
