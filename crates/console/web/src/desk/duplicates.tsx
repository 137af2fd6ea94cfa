// Open incidents that the call in hand may be about, shown while the caller still speaks and before anything is saved.
import { useEffect, useState } from "preact/hooks";
import { useConsole } from "../context";
import { type LikelyDuplicate } from "../contract/kezek/intake/v1/intake_service_pb";
import { maySend } from "../link/state";
import { typeTitle } from "../look/incident_type";
import { keyLabel } from "../look/keys";
import { Cut, Priority } from "../look/look";
import { useSteady } from "../look/steady";
import { distanceText } from "../words/distance";
import { span } from "../words/time";
import { words } from "../words/words";
import { duplicatesRequest, type Card, type Choice } from "./call_draft";
import { placeText } from "../look/place_text";

/** How long typing has to rest before the centre is asked. */
const AT_REST_MS = 300;
/** How often it is asked again while the card stays as it is: others open incidents meanwhile. */
const AGAIN_MS = 5_000;

/** What the card may be about, as the centre last said for what is typed now. */
function useLikely(card: Card): { readonly of: string; readonly likely: readonly LikelyDuplicate[] } {
  const { call, link } = useConsole();
  const [found, setFound] = useState<{ readonly of: string; readonly likely: readonly LikelyDuplicate[] }>({ of: "", likely: [] });
  const request = duplicatesRequest(card);
  const of = JSON.stringify(request ?? null);
  useEffect(() => {
    if (request === undefined) return undefined;
    const ending = new AbortController();
    const ask = (): void => {
      if (!maySend(link.state.value)) return;
      // without an answer what is shown stays away: nothing old is shown for what is typed now
      call("IntakeService").findLikelyDuplicates(request, { signal: ending.signal }).then(({ likely }) => setFound({ of, likely }), () => undefined);
    };
    const resting = setTimeout(ask, AT_REST_MS);
    const again = setInterval(ask, AGAIN_MS);
    return () => {
      clearTimeout(resting);
      clearInterval(again);
      ending.abort();
    };
  }, [of, call, link]);
  return { of, likely: found.of === of ? found.likely : [] };
}

export function Duplicates({ card, change, onSame }: { card: Card; change: (changed: Partial<Card>) => void; onSame: (choice: Choice) => void }) {
  const { of, likely } = useLikely(card);
  // also under a hand that rests: a call would be attached to what has just come under it
  const { stood, fresh, hands } = useSteady(likely.map((one) => ({ key: `${one.incident?.incidentId} ${of}`, of, one })), "holds");
  const rows = [...stood, ...fresh].filter(({ row }) => row.of === of);
  const say = words().desk.duplicates;
  const separate = card.duplicate.said === "separate";
  return (
    <section class="duplicates" aria-label={say.title}>
      <p role="status" class={rows.length === 0 ? "visually-hidden" : "muted"}>{rows.length === 0 ? "" : say.found(likely.length)}</p>
      {rows.length === 0 ? null : (
        <>
          {/* above the list: below, it would move with each that comes */}
          <button type="button" aria-pressed={separate} onClick={() => change({ duplicate: separate ? { said: "unasked" } : { said: "separate" } })}>{say.another}</button>
          <ul {...hands}>{rows.map(({ row: { key, one }, over }) => <Likely key={key} one={one} over={over} onSame={onSame} />)}</ul>
        </>
      )}
    </section>
  );
}

function Likely({ one, over, onSame }: { one: LikelyDuplicate; over: boolean; onSame: (choice: Choice) => void }) {
  const { places } = useConsole();
  const say = words().desk.duplicates;
  const { incident } = one;
  if (incident === undefined) return null;
  const reasons = [
    one.distanceM === undefined ? "" : distanceText(one.distanceM),
    words().common.ago(span(one.ageS * 1_000)),
    one.sameType ? say.sameType : "",
    one.sameNumber ? say.sameNumber : "",
  ].filter((reason) => reason !== "");
  return (
    <li>
      <span class="line">
        <Priority of={incident.priority} /> <strong class="numbers">{over ? <s>{incident.spokenNumber}</s> : incident.spokenNumber}</strong>
        <Cut also="grow" text={`${typeTitle(places.value, incident.incidentTypeId)} · ${placeText(incident.location)}`} />
      </span>
      <span class="line second">
        <span class="muted grow cut">{over ? say.gone : reasons.join(" · ")}</span>
        <button
          type="button" class="same" aria-disabled={over} data-incident={incident.incidentId} data-number={incident.spokenNumber}
          onClick={() => { if (!over) onSame({ said: "same", incidentId: incident.incidentId, spokenNumber: incident.spokenNumber }); }}
        >
          {say.same} <kbd>{keyLabel("Shift+F8")}</kbd>
        </button>
      </span>
    </li>
  );
}

const OFFERED = '.duplicates .same[aria-disabled="false"]';

/** The choice that has the focus; without one the first gets it, and nothing is chosen: no key attaches blind. */
export function focusedDuplicate(): Choice | undefined {
  const focused = document.activeElement;
  if (focused instanceof HTMLButtonElement && focused.matches(OFFERED)) {
    const { incident, number } = focused.dataset;
    if (incident !== undefined) return { said: "same", incidentId: incident, spokenNumber: number ?? "" };
  }
  document.querySelector<HTMLButtonElement>(OFFERED)?.focus();
  return undefined;
}
