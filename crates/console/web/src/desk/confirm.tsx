// Carrying out a recommendation with one key: exactly what is shown, never what came a moment ago.
import { useEffect, useRef, useState } from "preact/hooks";
import { refusal, type Refusal } from "../api/refusal";
import { useConsole } from "../context";
import { ChosenBy } from "../contract/kezek/directory/v1/directory_pb";
import type { Incident } from "../contract/kezek/record/v1/incident_pb";
import type { Recommendation } from "../contract/kezek/record/v1/recommendation_pb";
import { maySend } from "../link/state";
import { once, useKeys } from "../look/keys";
import { Refused } from "../look/look";
import { language } from "../words/languages";
import { words } from "../words/words";
import { sameAs, sendings, type Sending } from "./ranking";
import type { Recommended } from "./recommending";
import { Requests } from "./requests";
import { limits } from "./sending";

/** How long a recommendation stands before the key takes it: shorter than this nobody has read it. */
const READ_WITHIN_MS = 700;

/** How long a recommendation has been the one that is shown, and whether that is long enough to act on it. */
function useStands(shown: string): boolean {
  const [stands, setStands] = useState("");
  useEffect(() => {
    const read = setTimeout(() => setStands(shown), READ_WITHIN_MS);
    return () => clearTimeout(read);
  }, [shown]);
  return stands === shown;
}

function useConfirmKey(does: () => void): void {
  useKeys({ "Alt+Enter": once(does), "Alt+NumpadEnter": once(does) });
}

/** While no incident is selected nobody is recommended: the key says so. */
export function ConfirmNothing() {
  const [inVain, setInVain] = useState(false);
  useConfirmKey(() => setInVain(true));
  return inVain ? <p class="confirm refused" role="alert">{words().desk.detail.none}</p> : null;
}

export function Confirm({ incident, recommended }: { incident: Incident; recommended: Recommended }) {
  const { call, link, places } = useConsole();
  const [refused, setRefused] = useState<Refusal | undefined>(undefined);
  const [busy, setBusy] = useState(false);
  // what was carried out is shown until the centre is asked again, and must not go out a second time meanwhile
  const [carriedOut, setCarriedOut] = useState<Recommendation | undefined>(undefined);
  const requests = useRef(new Map<string, Requests>());
  const underWay = useRef(false);
  const say = words().desk.units;
  const centreChooses = (kind: string): boolean => places.value?.kinds.get(kind)?.chosenBy === ChosenBy.CENTRE;
  const planned = places.value === undefined ? [] : sendings(recommended.recommendation, centreChooses);
  const shown = `${incident.incidentId} ${sameAs(planned)}`;
  const stands = useStands(shown);
  useEffect(() => setRefused(undefined), [incident.incidentId]);
  const hindered = planned.length === 0 ? sayNothing(incident, recommended)
    : !maySend(link.state.value) ? words().command.cannotSend
    : recommended.recommendation === carriedOut ? say.carriedOut
    : stands ? "" : say.justChanged;
  const ready = hindered === "" && !busy;
  // why the last key sent nothing, for as long as it is so
  const [inVain, setInVain] = useState(false);
  useEffect(() => setInVain(false), [incident.incidentId, hindered]);

  const carryOut = async (): Promise<void> => {
    if (underWay.current) return;
    setInVain(!ready);
    if (!ready) return;
    underWay.current = true;
    setBusy(true);
    setRefused(undefined);
    let version = incident.version;
    let key = "";
    try {
      for (const one of planned) {
        key = `${incident.incidentId} ${sameAs([one])}`;
        const mine = requests.current.get(key) ?? new Requests();
        requests.current.set(key, mine);
        const answer = await sendOne(call, limits(link), mine.prepare(key, (requestId) => ({ requestId, one, version, incidentId: incident.incidentId })));
        requests.current.delete(key);
        version = answer ?? version;
      }
      setCarriedOut(recommended.recommendation);
    } catch (thrown) {
      const why = refusal(thrown);
      // an answer that says no answers this request, and no other that still waits for its own
      if (!why.unknown) requests.current.delete(key);
      setRefused(why);
    } finally {
      underWay.current = false;
      setBusy(false);
    }
  };
  useConfirmKey(() => void carryOut());

  return (
    <div class="confirm">
      {planned.length === 0 ? null : (
        <button id="confirm" type="button" data-tone="main" aria-disabled={!ready} aria-busy={busy} onClick={() => void carryOut()}>
          <span>{planned.map((one) => <Planned key={sameAs([one])} one={one} />)}</span>
          <span class="numbers">→ {incident.spokenNumber} <kbd>Alt+Enter</kbd></span>
        </button>
      )}
      {hindered !== "" && inVain ? <p class="refused" role="alert">{hindered}</p>
        : planned.length === 0 && refused === undefined || hindered === say.justChanged ? <p class="muted">{hindered}</p> : null}
      {refused === undefined ? null : <Refused refusal={refused} />}
    </div>
  );
}

function sayNothing(incident: Incident, recommended: Recommended): string {
  const say = words().desk.units;
  if (!incident.queued) return say.lacksNobody;
  return recommended.recommendation === undefined ? say.asking : say.nobody;
}

function Planned({ one }: { one: Sending }) {
  const { places } = useConsole();
  const say = words().desk.units;
  const callsign = places.value?.callsign(one.unitId) ?? one.unitId;
  const station = places.value?.station(one.stationId, language.value) ?? one.stationId;
  return <span class="planned">{one.how === "unit" ? say.sendUnit(callsign) : say.askDesk(station, callsign)}</span>;
}

interface One {
  readonly requestId: string;
  readonly one: Sending;
  readonly version: bigint;
  readonly incidentId: string;
}

/** Sends one part; the version of the incident after it. */
async function sendOne(call: ReturnType<typeof useConsole>["call"], options: ReturnType<typeof limits>, { requestId, one, version, incidentId }: One): Promise<bigint | undefined> {
  const about = { requestId, incidentId, expectedVersion: version };
  if (one.how === "unit") return (await call("DispatchService").sendUnit({ ...about, unitId: one.unitId }, options)).incident?.version;
  const purpose = { case: "needIndex", value: one.needIndex } as const;
  return (await call("DispatchService").assignDesk({ ...about, stationId: one.stationId, purpose, recommendedUnitId: one.unitId }, options)).incident?.version;
}
