// The bar above every screen: where this is, what time it is, how true it all is, who is signed in, language and light.
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Sound } from "../alarms/sound";
import { useConsole } from "../context";
import { LinkBanner } from "../link/banner";
import { titled } from "../places/places";
import { language, LANGUAGES, type Language } from "../words/languages";
import { day, timeOfDay } from "../words/time";
import { speak, words } from "../words/words";
import { askedHelp } from "./asked_help";
import { readLayout, recallSingleKeys, singleKeys, useKeys, type KeyHelp } from "./keys";
import { later } from "./later";
import { SignOut } from "./sign_out";
import { theme, wear } from "./theme";
import "./top_bar.css";

const Help = later(() => import("./help").then((part) => part.Help));

/** `children` stand between the title and the clock; `keys` are what the screen adds to the help. */
export function TopBar({ title, children, keys = [] }: { title: string; children?: ComponentChildren; keys?: readonly KeyHelp[] }) {
  const { session } = useConsole();
  const { common } = words();
  const other = theme.value === "day" ? "night" : "day";
  useKeys({ "Ctrl+Shift+KeyL": () => void speak(after(language.value)) });
  useEffect(() => whenAskedForHelp(() => { askedHelp.value = "keys"; }), []);
  useEffect(() => () => { askedHelp.value = undefined; }, []);
  useEffect(() => {
    recallSingleKeys(session.name);
    void readLayout();
  }, [session.name]);
  useEffect(() => { document.title = `${title} · ${common.product}`; }, [title, common]);
  return (
    <header class="top-bar">
      <h1>{title}</h1>
      {children}
      <LinkBanner />
      <Clock />
      <CentreTitle />
      <Person screen={title} />
      <select class="language" aria-label={common.language} value={language.value} onChange={(event) => void speak(event.currentTarget.value as Language)}>
        {Object.entries(LANGUAGES).map(([tag, name]) => <option key={tag} value={tag}>{name}</option>)}
      </select>
      <button type="button" onClick={() => wear(other)}>{common.theme[other]}</button>
      <Sound />
      <button type="button" aria-label={common.help} title={common.help} onClick={() => { askedHelp.value = "keys"; }}>?</button>
      <SignOut />
      {askedHelp.value === undefined ? null : <Help keys={keys} first={askedHelp.value} onClose={() => { askedHelp.value = undefined; }} />}
    </header>
  );
}

/** The language that is offered after another; the first after the last. */
export function after(chosen: Language): Language {
  const offered = Object.keys(LANGUAGES) as Language[];
  return offered[(offered.indexOf(chosen) + 1) % offered.length] ?? chosen;
}

/** `?` stands on other keys in other layouts, so it is known by what it writes. */
function whenAskedForHelp(ask: () => void): () => void {
  const pressed = (event: KeyboardEvent): void => {
    const types = event.target instanceof HTMLElement && event.target.matches("input, textarea, select, [contenteditable]");
    if (event.key !== "?" || types || !singleKeys.value || event.defaultPrevented || document.querySelector("dialog[open]") !== null) return;
    event.preventDefault();
    ask();
  };
  addEventListener("keydown", pressed);
  return () => removeEventListener("keydown", pressed);
}

/** The centre's clock in its own zone. Before the directory came nobody knows the zone, and no time is better than a wrong one. */
function Clock() {
  const { now, places } = useConsole();
  const zone = places.value?.directory.timeZone;
  if (zone === undefined) return <p class="clock"><time class="numbers">–:–</time></p>;
  return (
    <p class="clock">
      <time class="numbers">{timeOfDay(now.value, zone)}</time>
      <span class="muted">{day(now.value, zone)}</span>
    </p>
  );
}

/** What the centre is called, and that its data are made up where they are. */
function CentreTitle() {
  const { places, session } = useConsole();
  const directory = places.value?.directory;
  const { illustrative, illustrativeWhy } = words().common;
  return (
    <p class="whose">
      <span>{titled(directory?.title, language.value) || session.centre}</span>
      {directory?.illustrative === true ? <span class="muted" title={illustrativeWhy}>{illustrative}</span> : null}
    </p>
  );
}

/** Who is signed in, as what, and where, unless the screen is called after that place. */
function Person({ screen }: { screen: string }) {
  const { places, session } = useConsole();
  const { common } = words();
  const station = session.station === undefined ? undefined : places.value?.station(session.station, language.value) ?? session.station;
  const where = station ?? (session.desk === undefined ? undefined : `${common.desk} ${session.desk}`);
  return (
    <p class="whose" title={common.signedInAs(session.name)}>
      <span>{session.name}</span>
      <span class="muted">{[common.roles[session.role], where].filter((part) => part !== undefined && !screen.includes(part)).join(" · ")}</span>
    </p>
  );
}
