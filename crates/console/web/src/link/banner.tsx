// How true the screen is, said where nobody can miss it.
import { useRef, useState } from "preact/hooks";
import { useConsole } from "../context";
import { language } from "../words/languages";
import { span, timeOfDay } from "../words/time";
import { words } from "../words/words";
import "./banner.css";
import { useThrottled } from "./said";
import type { LinkState } from "./state";

/** A dot and words while live; a banner and the way by voice when not. The region itself is always there, so that a change in it is read aloud. */
export function LinkBanner() {
  const { link } = useConsole();
  const state = link.state.value;
  const troubled = useRef(false);
  if (state.at === "late" || state.at === "lost" || state.at === "resync") troubled.current = true;
  const said = useThrottled(sentence(state, troubled.current));
  return (
    <div class="link" data-link={state.at}>
      <span class="visually-hidden" role="status">{said}</span>
      <Shown state={state} />
    </div>
  );
}

/** What is read aloud: the state, without its figures that move. That the screen is live again is news only to whom it was not: `troubled`. */
function sentence(state: LinkState, troubled: boolean): string {
  const { link } = words();
  switch (state.at) {
    case "connecting": return link.connecting;
    case "live": return troubled ? link.liveSaid : "";
    case "late": return link.lateSaid;
    case "lost": return link.byVoice;
    case "resync": return link.resyncSaid;
    case "mismatch": return link.newer;
    case "signed_out": return link.signedOut;
  }
}

function Shown({ state }: { state: LinkState }) {
  const { link } = words();
  switch (state.at) {
    case "connecting": return <span class="muted">{link.connecting}</span>;
    case "live": return <Live />;
    case "late": return <Late />;
    case "lost": return <Lost />;
    case "resync": return <span class="stale numbers"><span aria-hidden="true">◷ </span>{link.resync(state.got, state.of)}</span>;
    case "mismatch": return <Newer build={state.build} />;
    case "signed_out": return <span class="stale">{link.signedOut}</span>;
  }
}

/** How old the picture is now, on the centre's clock. */
function useAge(): number {
  const { link, now } = useConsole();
  return Math.max(0, now.value - link.trueAt.value);
}

function Live() {
  return <span class="muted numbers"><span class="dot" aria-hidden="true" />{words().link.live(words().common.decimal((useAge() / 1_000).toFixed(1)))}</span>;
}

function Late() {
  return <span class="stale numbers"><span aria-hidden="true">◷ </span>{words().link.late(span(useAge()))}</span>;
}

/** One short button: the bar has a line, and what wraps in it would push the whole screen down. */
function Newer({ build }: { build: string }) {
  const { link } = words();
  const reload = link.reload(build.slice(0, 8));
  return (
    <span class="newer">
      <Live />
      <button type="button" title={`${link.newer} ${reload}`} onClick={() => location.reload()}>{link.newVersion}<span class="visually-hidden">. {reload}</span></button>
    </span>
  );
}

/** Lies over the bar and not above it, so that nothing on the screen moves when the link goes and comes. */
function Lost() {
  const { link: { trueAt }, places, session } = useConsole();
  const [listed, setListed] = useState(true);
  const age = useAge();
  const { link } = words();
  const at = trueAt.value;
  const zone = places.value?.directory.timeZone;
  // a duty desk speaks with the centre and not with other desks, whose numbers would only cover its own units
  const calls = session.role !== "duty_officer";
  return (
    <>
      <div class="lost numbers">
        <strong><span aria-hidden="true">◷ </span>{at === 0 || zone === undefined ? link.never : link.lost(timeOfDay(at, zone))}</strong>
        {at === 0 ? null : <span>{link.lostAge(span(age))}</span>}
        <span>{link.byVoice}</span>
        {calls ? <button type="button" aria-expanded={listed} onClick={() => setListed(!listed)}>{listed ? link.hide : link.show}</button> : null}
      </div>
      {calls && listed ? <ByVoice /> : null}
    </>
  );
}

/** How the duty desks are reached without this screen. */
function ByVoice() {
  const { places } = useConsole();
  const { link } = words();
  const found = places.value;
  return (
    <section class="by-voice" aria-label={link.contacts}>
      <h2>{link.contacts}</h2>
      {found === undefined ? <p>{link.noContacts}</p> : (
        <dl>
          {found.directory.stations.map(({ stationId, contact }) => (
            <div key={stationId}>
              <dt>{found.station(stationId, language.value)}</dt>
              <dd class="numbers">{contact}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
