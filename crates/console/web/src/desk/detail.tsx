// The selected incident: what it is, what it needs and has, everything that happened, and what can be done.
import { useState } from "preact/hooks";
import { timestampMs } from "../api/times";
import { useConsole } from "../context";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import { typeTitle } from "../look/incident_type";
import { later } from "../look/later";
import { Age, Countdown, Panel, Priority, Refused } from "../look/look";
import { openedAt } from "../picture/queue";
import { language } from "../words/languages";
import { words } from "../words/words";
import { ActionBar } from "./actions/action_bar";
import { History } from "./history_list";
import { callerNumbers, type Whole } from "./history";
import { numberText } from "./naming";
import { placeText } from "../look/place_text";
import { Responding } from "./responding";
import { looksElsewhere, useDesk } from "./state";
import { useWholeIncident } from "./whole_incident";

const ActionForms = later(() => import("./actions/action_forms").then((forms) => forms.ActionForms));

export function Detail() {
  const desk = useDesk();
  const looksOnly = looksElsewhere(desk);
  const own = useWholeIncident(desk.selected.value);
  const other = useWholeIncident(looksOnly ? desk.peeked.value : undefined);
  const { whole, refused } = looksOnly ? other : own;
  const say = words().desk.detail;
  return (
    <Panel title={words().common.incident} id="region-detail" aside={looksOnly ? <span class="mark">{say.peeking}</span> : null}>
      <div class="detail" id="detail" tabIndex={-1}>
        {whole === undefined && refused === undefined ? <p class="empty">{say.none}</p> : null}
        {refused === undefined ? null : <Refused refusal={refused} />}
        {whole === undefined ? null : <Head whole={whole} />}
        {/* stays while another is looked at: what is being entered is not lost */}
        {own.whole === undefined ? null : <Actions whole={own.whole} />}
        {whole === undefined ? null : (
          <div class="columns">
            <Responding whole={whole} readOnly={looksOnly} />
            <div class="told">
              <CallerWords key={whole.incident.incidentId} calls={whole.calls} />
              <History whole={whole} />
            </div>
          </div>
        )}
      </div>
    </Panel>
  );
}

/** What can be done, or what is being done: both at once would leave no room for the incident on a low screen. */
function Actions({ whole }: { whole: Whole }) {
  const desk = useDesk();
  if (desk.action.value !== undefined) return <ActionForms whole={whole} />;
  return looksElsewhere(desk) ? null : <ActionBar incident={whole.incident} />;
}

function Head({ whole: { incident, calls } }: { whole: Whole }) {
  const { places, link } = useConsole();
  const { select } = useDesk();
  const say = words().desk.detail;
  const tongue = language.value;
  const suspect = incident.suspectedDuplicateOf === "" ? undefined : link.picture.incidents.get(incident.suspectedDuplicateOf);
  const last = calls.at(-1);
  return (
    <div class="head">
      <Priority of={incident.priority} />
      <strong class="spoken numbers">{incident.spokenNumber}</strong>
      <h3>{typeTitle(places.value, incident.incidentTypeId)}</h3>
      <span class="where">{placeText(incident.location)}</span>
      <span class="muted">{incident.districtId === "" ? words().common.noDistrict : places.value?.district(incident.districtId, tongue)}</span>
      {last === undefined || last.language === "" ? null : <span class="muted">{say.speaks(words().common.languageNames[last.language] ?? last.language)}</span>}
      {incident.callIds.length === 1 && calls.length === 1 ? null : <span class="muted">{say.calls(incident.callIds.length)}</span>}
      {calls.length === 0 ? null : <CallerNumbers incident={incident} calls={calls} />}
      {suspect === undefined ? null : <button type="button" class="link" onClick={() => select(suspect.incidentId)}>{words().desk.queue.maybe(suspect.spokenNumber)}</button>}
      {incident.restriction === undefined ? null : <span class="mark">{say.restricted}</span>}
      <State incident={incident} />
    </div>
  );
}

/** What callers said it is: it stands still above a history that goes on. Two lines of it, and all of it for whoever asks. */
function CallerWords({ calls }: { calls: Whole["calls"] }) {
  const [all, setAll] = useState(false);
  const said = calls.filter(({ narrative }) => narrative !== "");
  if (said.length === 0) return null;
  return (
    <button type="button" class="caller-words" aria-expanded={all} title={all ? "" : said.map(({ narrative }) => narrative).join(" · ")} onClick={() => setAll(!all)}>
      {said.map((call) => <span key={call.callId}>☎ {said.length > 1 ? <strong>{call.spokenNumber} </strong> : null}<q>{call.narrative}</q> </span>)}
    </button>
  );
}

/** Whom to ring back. */
function CallerNumbers({ incident, calls }: { incident: Incident; calls: Whole["calls"] }) {
  const numbers = callerNumbers(calls);
  if (numbers.length === 0) return <span class="muted">☎ {numberText("", incident)}</span>;
  return <strong class="numbers">☎ {numbers.join(", ")}</strong>;
}

function State({ incident }: { incident: Incident }) {
  const { link } = useConsole();
  const { select } = useDesk();
  const say = words().desk.detail;
  const state = incident.state?.state;
  switch (state?.case) {
    case "open": return <Age since={openedAt(incident)} />;
    case "held": return (
      <span class="mark">
        {say.heldBy(state.value.heldBy, state.value.reason)} {state.value.until === undefined ? null : <Countdown due={timestampMs(state.value.until)} />}
      </span>
    );
    case "closed": return <span class="mark">{say.closed(state.value.closedBy, state.value.disposition, state.value.basis.value ?? "")}</span>;
    case "cancelled": return <span class="mark">{say.cancelled(state.value.cancelledBy, state.value.reason)}</span>;
    case "merged": {
      const into = state.value.intoIncidentId;
      return <button type="button" class="link" onClick={() => select(into)}>{say.merged(link.picture.incidents.get(into)?.spokenNumber ?? "")}</button>;
    }
    case undefined: return null;
  }
}
