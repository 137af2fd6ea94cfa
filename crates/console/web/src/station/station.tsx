// The screen of a district station's duty desk, `/station/{id}`: one huge assignment to answer, the desk's incidents and its units.
//
// It never shows a caller's words until somebody opens them, never answers by a stray key, and sends nothing that a person did not just confirm.
import { useMemo, useState } from "preact/hooks";
import { useConsole } from "../context";
import { Channel } from "../contract/kezek/record/v1/milestone_pb";
import { LATE_COMMAND_MS, maySend } from "../link/state";
import { TopBar } from "../look/top_bar";
import { language } from "../words/languages";
import { words } from "../words/words";
import { DeskProvider, type Desk, type Speaker } from "./desk";
import { fleet } from "./fleet";
import { keep, kept } from "./person";
import { tell } from "./saying";
import { Screen } from "./screen";
import "./station.css";
import { Sayings } from "./unsaid";
import { VoiceBar } from "./people";

/** The station that the address names. */
function asked(): string {
  const [, , id = ""] = location.pathname.split("/");
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

export default function Station() {
  const { session, places } = useConsole();
  const { station, common } = words();
  const id = asked();
  const known = places.value?.stations.has(id);
  const name = places.value?.station(id, language.value) ?? id;
  if (session.role === "duty_officer" && session.station !== id) return <Elsewhere why={station.elsewhere.otherStation(name)} code="SCOPE_OTHER_STATION" />;
  if (session.role !== "duty_officer" && session.role !== "operator" && session.role !== "supervisor") return <Elsewhere why={station.elsewhere.role(common.roles[session.role])} code="ROLE_NOT_ALLOWED" />;
  if (known === false) return <Elsewhere why={station.elsewhere.unknown(id)} code="UNKNOWN_STATION" />;
  return <OfDesk id={id} name={name} />;
}

/** Why this desk is not shown, and the way to the own one. */
function Elsewhere({ why, code }: { why: string; code: string }) {
  const { session, places } = useConsole();
  const { station } = words();
  return (
    <div class="station-screen">
      <TopBar title={station.elsewhere.title} />
      <main class="elsewhere">
        <p class="refused"><strong>{code}</strong> {why}</p>
        {session.station === undefined ? null : <p><a href={`/station/${encodeURIComponent(session.station)}`}>{station.elsewhere.own(places.value?.station(session.station, language.value) ?? session.station)}</a></p>}
      </main>
    </div>
  );
}

/** Brings together what the parts of the screen ask of their desk. */
function OfDesk({ id, name }: { id: string; name: string }) {
  const { session, call, link, places } = useConsole();
  const own = session.role === "duty_officer";
  const [person, setPerson] = useState(() => (own ? kept(id, Date.now()) : undefined));
  const [voice, setVoice] = useState<Speaker | undefined>(undefined);
  const sayings = useMemo(() => new Sayings(own ? id : `${id}.${session.name}`, {
    tell: (requestId, saying) => tell(call, requestId, saying, link.state.value.at === "late" ? LATE_COMMAND_MS : undefined),
    maySend: () => maySend(link.state.value),
    now: () => link.now(),
  }), [id, call, link]);
  const revision = link.picture.revision.value;
  const units = useMemo(() => fleet(places.value?.units.values() ?? [], link.picture.units, link.picture.runs, id), [revision, places.value, id]);
  const speaker = own ? (person === undefined ? undefined : { name: person.name, channel: Channel.DEVICE }) : voice;
  const desk: Desk = { station: id, picture: link.picture, own, speaker, live: maySend(link.state.value), units, sayings, say: (saying) => sayings.say(saying) };
  const named = (said: string): boolean => {
    const now = keep(id, said, Date.now());
    if (now !== undefined) setPerson(now);
    return now !== undefined;
  };
  return (
    <DeskProvider value={desk}>
      <Screen title={name} revision={revision} onNamed={named} voice={own ? null : <VoiceBar speaker={voice} onSpeak={setVoice} />} />
    </DeskProvider>
  );
}
