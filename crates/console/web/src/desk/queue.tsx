// The queue of a desk: calls that wait for somebody, incidents that lack units in the order in which they are served, then those in hand.
import { timestampMs } from "../api/times";
import { useConsole } from "../context";
import type { Call } from "../contract/kezek/record/v1/call_pb";
import { Progress, type Incident } from "../contract/kezek/record/v1/incident_pb";
import { AutomaticOff } from "../look/automatic_off";
import { typeTitle } from "../look/incident_type";
import { Age, Countdown, Cut, Panel, Priority } from "../look/look";
import { inHand, openedAt, queued } from "../picture/queue";
import type { Picture } from "../picture/picture";
import { language } from "../words/languages";
import { hourMinute } from "../words/time";
import { words } from "../words/words";
import { numberText } from "./naming";
import { placeText } from "../look/place_text";
import { runGoesOn } from "../picture/steps";
import { progressOf } from "./progress";
import { rowHeight } from "./row_height";
import { Rows } from "./rows";
import { useDesk } from "./state";
import { waitingCalls, waitsSince } from "./waiting_calls";

type Item =
  | { readonly of: "heading"; readonly key: string; readonly title: string; readonly count: number }
  | { readonly of: "call"; readonly key: string; readonly call: Call }
  | { readonly of: "incident"; readonly key: string; readonly incident: Incident };

function itemsOf(picture: Picture): Item[] {
  const say = words().desk.queue;
  const section = (key: string, title: string, items: readonly Item[]): Item[] =>
    items.length === 0 ? [] : [{ of: "heading", key, title, count: items.length }, ...items];
  const incidents = (list: readonly Incident[]): Item[] => list.map((incident) => ({ of: "incident", key: incident.incidentId, incident }));
  const calls = waitingCalls(picture.calls.values()).map((call): Item => ({ of: "call", key: call.callId, call }));
  const lacking = incidents(queued(picture.incidents.values()));
  return [
    ...section("calls", say.calls, calls),
    // the title of the panel says what stands first; a heading is needed only below something else
    ...(calls.length === 0 ? lacking : section("queued", say.queued, lacking)),
    ...section("in-hand", say.inHand, incidents(inHand(picture.incidents.values()))),
  ];
}

/** When the last call that the picture knows was taken. */
function lastTaken(picture: Picture): number | undefined {
  const times = [...picture.calls.values()].flatMap(({ takenAt }) => (takenAt === undefined ? [] : [timestampMs(takenAt)]));
  return times.length === 0 ? undefined : Math.max(...times);
}

export function Queue({ onCall }: { onCall: (call: Call) => void }) {
  const { link, places } = useConsole();
  const { selected, peeked, select } = useDesk();
  void link.picture.revision.value;
  const items = itemsOf(link.picture);
  const lacking = items.filter((item) => item.of === "incident" && item.incident.queued).length;
  const last = lastTaken(link.picture);
  const zone = places.value?.directory.timeZone ?? "UTC";
  const say = words().desk.queue;
  return (
    <Panel title={words().common.queue} id="region-queue" aside={<span class="numbers muted">{say.queued} {lacking}</span>}>
      <div class="queue-body">
        <Rows
          id="queue" label={words().common.queue} items={items} keyOf={({ key }) => key} height={rowHeight.value} selected={selected.value}
          isHeading={({ of }) => of === "heading"}
          onOpen={(item) => {
            if (item.of === "incident") select(item.key);
            else if (item.of === "call") onCall(item.call);
          }}
          onPeek={(item) => { if (item.of === "incident") peeked.value = peeked.value === item.key ? undefined : item.key; }}
          empty={last === undefined ? say.empty : say.emptySince(hourMinute(last, zone))}
          render={(item) => {
            if (item.of === "heading") return <><span>{item.title}</span> <span class="numbers">{item.count}</span></>;
            return item.of === "call" ? <CallRow call={item.call} /> : <IncidentRow incident={item.incident} work={workOf(item.incident, link.picture)} />;
          }}
        />
        {/* below the list: coming and going it moves no row */}
        <AutomaticOff />
      </div>
    </Panel>
  );
}

/** What of the runs and desks an incident's row shows, as a text, so that a row is drawn anew only when it says something else. */
function workOf(incident: Incident, picture: Picture): string {
  const runs = incident.runIds.map((id) => picture.runs.get(id)).filter((run) => run !== undefined);
  const assignments = incident.assignmentIds.map((id) => picture.assignments.get(id)).filter((one) => one !== undefined);
  const units = runs.filter(runGoesOn).map(({ unitId }) => unitId);
  return [progressOf(incident, assignments, runs), ...units].join(" ");
}

/** Reads signals, and is therefore drawn anew only when one of them or its own properties moved. */
function IncidentRow({ incident, work }: { incident: Incident; work: string }) {
  const { places, link } = useConsole();
  const say = words().desk.queue;
  const tongue = language.value;
  const [progress = "", ...units] = work.split(" ");
  const suspect = incident.suspectedDuplicateOf === "" ? undefined : link.picture.incidents.get(incident.suspectedDuplicateOf)?.spokenNumber;
  const district = incident.districtId === "" ? words().common.noDistrict : places.value?.district(incident.districtId, tongue) ?? incident.districtId;
  const held = incident.state?.state.case === "held";
  return (
    <>
      <span class="line">
        <Priority of={incident.priority} />
        <strong class="numbers">{incident.spokenNumber}</strong>
        <Cut also="grow" text={typeTitle(places.value, incident.incidentTypeId)} />
        {incident.callIds.length > 1 ? <span class="mark" title={say.callsJoined(incident.callIds.length)}>☎ {incident.callIds.length}</span> : null}
        {suspect === undefined ? null : <span class="mark">{say.maybe(suspect)}</span>}
        {held ? <span class="mark">{say.held}</span> : null}
        {incident.needs.some(({ shortfall }) => shortfall) ? <span class="mark strong">{say.shortfall}</span> : null}
        <Age since={openedAt(incident)} />
      </span>
      <span class="line second">
        <Cut also="grow" text={placeText(incident.location)} />
        <Cut also="district muted" text={district} />
        <Cut also="units numbers" text={units.map((unit) => places.value?.callsign(unit) ?? unit).join(" ")} />
        <span class="progress">{words().common.progress[Number(progress) as Progress]}</span>
      </span>
    </>
  );
}

/** A call that rings counts down to the norm; at two thirds of it the person is warned. */
const RINGS_MS = 15_000;

function CallRow({ call }: { call: Call }) {
  const { link } = useConsole();
  const state = call.state?.state;
  const since = waitsSince(call);
  return (
    <>
      <span class="line">
        <span class="phone" data-rings={state?.case === "ringing"} aria-hidden="true">☎</span>
        <strong class="numbers">{numberText(call.callerNumber, link.picture.incidents.get(call.incidentId))}</strong>
        <span class="grow muted numbers">{call.spokenNumber}</span>
        {state?.case === "ringing" ? <Countdown due={since + RINGS_MS} from={since - RINGS_MS * (2 / 3)} /> : null}
        {state?.case === "callBack" && state.value.due !== undefined ? <Countdown due={timestampMs(state.value.due)} /> : null}
        {state?.case === "abandoned" || state?.case === "needsDecision" ? <Age since={since} /> : null}
      </span>
      <span class="line second">
        <span class="grow cut">{callSays(call)}</span>
        <span class="muted cut">{placeText(call.location)}</span>
      </span>
    </>
  );
}

/** What a waiting call waits for. */
function callSays(call: Call): string {
  const say = words().desk.queue;
  const state = call.state?.state;
  switch (state?.case) {
    case "ringing": return say.ringing;
    case "callBack": return say.callBack(state.value.attempt);
    case "needsDecision": return say.needsDecision;
    case "abandoned": return say.abandoned;
    case "answered":
    case "ended":
    case undefined: return "";
  }
}
