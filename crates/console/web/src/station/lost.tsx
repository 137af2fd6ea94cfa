// What to do while the link is away: the centre cannot be told from here, so it is told by voice.
import { useConsole } from "../context";
import { timeOfDay } from "../words/time";
import { words } from "../words/words";
import { useDesk } from "./desk";

/** Shown while nothing can be sent after there was a picture. */
export function Lost() {
  const { link, places } = useConsole();
  const { live, station: own } = useDesk();
  const { lost } = words().station;
  const away = !live && link.trueAt.value !== 0;
  const contact = places.value?.stations.get(own)?.contact;
  const centre = places.value?.directory.contact;
  return (
    <div class="lost" role="alert" data-away={away}>
      {away ? (
        <>
          <strong>◷ {lost.title}</strong>
          <span>{lost.since(timeOfDay(link.trueAt.value, places.value?.directory.timeZone ?? "UTC"))}</span>
          <span>{lost.how}</span>
          {centre === undefined || centre === "" ? null : <span>{lost.centre(centre)}</span>}
          {contact === undefined ? null : <span>{lost.line(contact)}</span>}
          <span>{lost.keeps}</span>
        </>
      ) : null}
    </div>
  );
}
