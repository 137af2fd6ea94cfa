// Who answers an incident: its needs, the desks that have it and the units that go, each with the steps that can be reported for it.
import { timestampMs } from "../api/times";
import { useConsole } from "../context";
import type { Assignment } from "../contract/kezek/record/v1/assignment_pb";
import { NeedTime, type Need } from "../contract/kezek/record/v1/incident_pb";
import type { Run } from "../contract/kezek/record/v1/run_pb";
import { keyLabel, singleKeys } from "../look/keys";
import { Age, Countdown, Cut } from "../look/look";
import { goesOn } from "../picture/queue";
import { assignmentGoesOn, runGoesOn } from "../picture/steps";
import { language } from "../words/languages";
import { words } from "../words/words";
import { dots } from "./actions/entered";
import { deskActions, runActions, type AboutDesk, type AboutRun, type Offered } from "./actions/offered";
import type { Whole } from "./history";
import { useDesk } from "./state";

export function Responding({ whole, readOnly }: { whole: Whole; readOnly: boolean }) {
  const say = words().desk.detail;
  const { incident, assignments, runs } = whole;
  const going = runs.filter(runGoesOn);
  // who was asked for somebody stands before who was only told
  const informs = (one: Assignment): number => (one.purpose?.purpose.case === "inform" ? 1 : 0);
  const desks = assignments.filter(assignmentGoesOn).sort((one, other) => informs(one) - informs(other));
  const over = [...assignments.filter((one) => !assignmentGoesOn(one)), ...runs.filter((run) => !runGoesOn(run))].length;
  return (
    <section class="responding" aria-label={say.responding} tabIndex={0}>
      <ul class="needs">{incident.needs.filter(({ units }) => units > 0).map((need, index) => <NeedLine key={index} need={need} isOpen={goesOn(incident)} />)}</ul>
      <ul class="work">
        {going.map((run, index) => <RunLine key={run.runId} run={run} place={index + 1} readOnly={readOnly} />)}
        {desks.map((one, index) => <DeskLine key={one.assignmentId} assignment={one} place={going.length + index + 1} readOnly={readOnly} />)}
      </ul>
      {over === 0 ? null : <p class="muted">{say.over(over)}</p>}
      {incident.passedOver.length === 0 ? null : <PassedOver whole={whole} />}
    </section>
  );
}

function NeedLine({ need, isOpen }: { need: Need; isOpen: boolean }) {
  const { places } = useConsole();
  const say = words().desk.detail;
  const kind = places.value?.kind(need.unitKindId, language.value) ?? need.unitKindId;
  const wanted = need.time === NeedTime.ON_REQUEST;
  return (
    <li class={wanted ? "muted" : ""}>
      {kind} <span class="numbers">× {need.units}</span>
      {wanted ? ` ${say.onRequest}` : null}
      {isOpen && need.unitsMissing > 0 ? <span class="mark">{say.missing(need.unitsMissing)}</span> : null}
      {isOpen && need.shortfall ? <span class="mark strong">{words().desk.queue.shortfall}</span> : null}
    </li>
  );
}

/** What a button says. */
function titleOf(action: AboutRun | AboutDesk): string {
  const { detail, reporting } = words().desk;
  switch (action.what) {
    case "run": return reporting.steps[action.step];
    case "run_correct": return reporting.correct;
    case "run_stood_down":
    case "desk_stood_down": return detail.knows;
    case "stand_down":
    case "stand_down_desk": return detail.standDown;
    case "received":
    case "accepted":
    case "returned": return detail[action.what];
  }
}

function RunLine({ run, place, readOnly }: { run: Run; place: number; readOnly: boolean }) {
  const { places } = useConsole();
  const say = words().desk;
  const unit = places.value?.units.get(run.unitId);
  const state = run.state?.state;
  const since = run.milestones.at(-1)?.occurredAt;
  return (
    <li class="run" data-place={place}>
      <span class="line">
        <Place of={place} />
        <strong class="numbers callsign">{unit?.callsign ?? run.unitId}</strong>
        {unit?.radioOnly === true ? <span class="mark">{say.units.radioOnly}{unit.talkgroup === "" ? "" : ` ${unit.talkgroup}`}</span> : null}
        <span class="grow">{state?.case === undefined ? "" : words().common.runState[state.case]}</span>
        {state?.case === "sent" && run.answerDue !== undefined ? <Countdown due={timestampMs(run.answerDue)} /> : null}
        {since === undefined ? null : <Age since={timestampMs(since)} />}
      </span>
      {readOnly ? null : <Buttons offered={runActions(run)} incidentId={run.incidentId} of={unit?.callsign ?? run.unitId} />}
    </li>
  );
}

function DeskLine({ assignment, place, readOnly }: { assignment: Assignment; place: number; readOnly: boolean }) {
  const { places, link } = useConsole();
  const say = words().desk.detail;
  const tongue = language.value;
  const station = places.value?.stations.get(assignment.stationId);
  const state = assignment.state?.state;
  const waits = state?.case === "sent" || state?.case === "delivered";
  const person = state?.case === "received" || state?.case === "accepted" ? state.value.person : "";
  const down = link.picture.desks.get(assignment.stationId)?.link?.state.case === "down";
  const title = places.value?.station(assignment.stationId, tongue) ?? assignment.stationId;
  return (
    <li class="desk-line" data-place={place}>
      <span class="line">
        <Place of={place} />
        <strong class="cut" title={title}>{title}</strong>
        {down ? <span class="mark acts">{say.linkDown(station?.contact ?? "")}</span> : <Cut also="muted" text={station?.contact ?? ""} />}
        <span class="grow">
          {state?.case === undefined ? "" : words().common.assignmentState[state.case]}{person === "" ? "" : `: ${person}`}
          {assignment.purpose?.purpose.case === "inform" ? ` ${say.toKnow}` : ""}
          {assignment.recommendedUnitId === "" ? "" : ` ${say.recommends(places.value?.callsign(assignment.recommendedUnitId) ?? assignment.recommendedUnitId)}`}
        </span>
        {waits && assignment.answerDue !== undefined ? <Countdown due={timestampMs(assignment.answerDue)} /> : null}
      </span>
      {readOnly ? null : <Buttons offered={deskActions(assignment)} incidentId={assignment.incidentId} of={title} />}
    </li>
  );
}

/** The digit that goes to a line, where there is one. */
function Place({ of }: { of: number }) {
  return of > 9 ? null : <kbd class="numbers">{of}</kbd>;
}

/** The buttons of a line, with dots where something was entered and not sent. Their keys work while one of them has the focus. */
function Buttons({ offered, incidentId, of }: { offered: readonly Offered<AboutRun | AboutDesk>[]; incidentId: string; of: string }) {
  const { session } = useConsole();
  const { action: open, begin } = useDesk();
  // a form that closes leaves something behind or nothing any more
  void open.value;
  return (
    <span
      class="buttons" role="group" aria-label={of}
      onKeyDown={(event) => {
        const found = offered.find(({ code }) => code === event.code);
        if (found === undefined || !singleKeys.value || event.altKey || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        event.stopPropagation();
        begin(found.action);
      }}
    >
      {offered.map(({ action, code }) => (
        <button key={code} type="button" onClick={() => begin(action)}>{titleOf(action)}{dots(session, incidentId, action)} <kbd>{keyLabel(code)}</kbd></button>
      ))}
    </span>
  );
}

function PassedOver({ whole: { incident } }: { whole: Whole }) {
  const { places } = useConsole();
  const say = words().desk.detail;
  const names = incident.passedOver.map(({ who, reason }) => {
    const name = who.case === "unitId" ? places.value?.callsign(who.value) : places.value?.station(who.value ?? "", language.value);
    return `${name ?? who.value ?? ""} (${say.passedOverFor[reason]})`;
  });
  return <p class="muted">{say.passedOver}: {names.join(", ")}</p>;
}
