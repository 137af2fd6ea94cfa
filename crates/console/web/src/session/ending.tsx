// The end of an access: announced five minutes ahead, and when it came, said over the screen, which stays as it is with all that was typed.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { useConsole } from "../context";
import { span, timeOfDay } from "../words/time";
import { words } from "../words/words";
import { refuse, signOut, type Session } from "./session";
import { TokenForm } from "./token_form";

/** How long ahead the end is announced, and announced again to who put it off. */
const AHEAD_MS = 5 * 60_000;
const AGAIN_MS = 60_000;

/** How near the end is. */
export type Nearness = "far" | "soon" | "now" | "over";

export function nearness({ endsAt }: Session, now: number): Nearness {
  const left = endsAt - now;
  if (left <= 0) return "over";
  if (left <= AGAIN_MS) return "now";
  return left <= AHEAD_MS ? "soon" : "far";
}

/** Shown once on every screen; `session` is the one in force, with its present token. */
export function Ending({ of: session }: { of: Session }) {
  const { link, now } = useConsole();
  // until the centre said what time it is nobody knows how near the end is, and the last tick may be from before it did
  const known = link.trueAt.value !== 0;
  const near = known ? nearness(session, Math.min(now.value, link.now())) : "far";
  const [putOff, setPutOff] = useState<Nearness | undefined>(undefined);
  const [renewing, setRenewing] = useState<string | undefined>(undefined);
  const { at } = link.state.value;
  // who was never let in has nothing on this screen to go on with
  const strange = at === "signed_out" && !known;
  // once for each refusal: a token that another window brings meanwhile has not been refused yet
  useEffect(() => { if (strange) refuse(session); }, [strange]);
  const over = near === "over" || (at === "signed_out" && known);
  // a lost link has more to say, and nobody can tell then whether a new token is good
  const warned = !over && at !== "lost" && near !== "far" && near !== putOff;
  const { signing, common } = words();
  return (
    <>
      <div class="ending" role="status">
        {warned ? (
          <div>
            <Announced ends={session.endsAt} now={now.value} />
            <div class="actions">
              <button type="button" data-tone="main" onClick={() => setRenewing(session.token)}>{signing.renew}</button>
              <button type="button" onClick={() => setPutOff(near)}>{signing.later}</button>
            </div>
          </div>
        ) : null}
      </div>
      {over ? <Over of={session} ended={near === "over"} /> : null}
      {/* a new token is what closes it, also when another window brought it */}
      {!over && renewing === session.token ? (
        <Covering title={signing.renew} onCancel={() => setRenewing(undefined)}>
          <TokenForm expected={session} onSigned={() => setRenewing(undefined)} />
          <p><button type="button" onClick={() => setRenewing(undefined)}>{common.cancel}</button></p>
        </Covering>
      ) : null}
    </>
  );
}

/** The time that is left moves each second, and is not read aloud each time. */
function Announced({ ends, now }: { ends: number; now: number }) {
  const zone = useZone();
  return <p aria-live="off">{words().signing.endsSoon(timeOfDay(ends, zone).slice(0, 5), span(ends - now))}</p>;
}

function Over({ of, ended }: { of: Session; ended: boolean }) {
  const zone = useZone();
  const { signing } = words();
  return (
    <Covering title={signing.signedOut(of.name)}>
      <p>{ended ? signing.endedAt(timeOfDay(of.endsAt, zone)) : signing.ended}</p>
      <p>{signing.stays(of.name)}</p>
      <TokenForm expected={of} />
      <p><button type="button" onClick={signOut}>{signing.somebodyElse}</button></p>
    </Covering>
  );
}

/** Before the directory came nobody knows the centre's time zone but the machine that stands in it. */
function useZone(): string {
  const { places } = useConsole();
  return places.value?.directory.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** A window over the screen. Its heading has the focus at first, so that words meant for the screen do not end up in the field for the token. */
function Covering({ title, onCancel, children }: { title: string; onCancel?: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    heading.current?.focus();
    return () => shown?.close();
  }, []);
  return (
    <dialog class="signed-out" ref={dialog} aria-label={title} onCancel={(event) => { event.preventDefault(); onCancel?.(); }}>
      <h2 ref={heading} tabIndex={-1}>{title}</h2>
      {children}
    </dialog>
  );
}
