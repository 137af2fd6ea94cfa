// What was said and has no answer: refused, unknown, or kept over a dead link. A person decides about each; none is sent by itself.
import { useConsole } from "../context";
import { Refused } from "../look/look";
import { timeOfDay } from "../words/time";
import { words } from "../words/words";
import { useDesk } from "./desk";
import { described } from "./described";
import type { Saying } from "./saying";
import type { Unsaid } from "./unsaid";

/** Of the sayings without an answer, those that belong to one part of the screen. */
export function UnsaidList({ of }: { of: (saying: Saying) => boolean }) {
  const { sayings } = useDesk();
  const { station } = words();
  const shown = sayings.list.value.filter(({ saying }) => of(saying));
  return (
    <ul class="unsaid" aria-label={station.unsaid.title} aria-live="polite">
      {shown.map((one) => <Entry key={one.id} one={one} />)}
    </ul>
  );
}

function Entry({ one }: { one: Unsaid }) {
  const { places } = useConsole();
  const { sayings, live, picture } = useDesk();
  const { station } = words();
  const zone = places.value?.directory.timeZone ?? "UTC";
  const what = described(one.saying, picture, places.value);
  if (one.state === "sending") return <li class="sending">{what} · {station.unsaid.sending}</li>;
  return (
    <li data-state={one.state}>
      <p><strong>{what}</strong> · {station.unsaid.saidAt(timeOfDay(one.saidAt, zone))}</p>
      {one.state === "waiting" ? <p>{live ? station.unsaid.confirm : station.unsaid.waiting}</p> : null}
      {one.state === "unknown" ? <p>{station.unsaid.unknown}</p> : null}
      {one.state === "refused" && one.refusal !== undefined ? <Refused refusal={one.refusal} /> : null}
      <p class="choices">
        {one.state === "refused" ? null : <button type="button" data-tone="main" disabled={!live} onClick={() => void sayings.again(one.id)}>{one.state === "waiting" ? station.unsaid.send : station.unsaid.sendAgain}</button>}
        <button type="button" onClick={() => sayings.drop(one.id)}>{one.state === "refused" ? station.unsaid.read : station.unsaid.drop}</button>
      </p>
    </li>
  );
}
