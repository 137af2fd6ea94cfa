// The console's first lines: the words, who is signed in, and which screen the address names.
import { render, type ComponentType } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import "./look/look.css";
import { ConsoleProvider } from "./context";
import { theme, wear } from "./look/theme";
import { Ending } from "./session/ending";
import { home, screenAt, type ScreenName } from "./session/screens";
import { session, who, type Session } from "./session/session";
import { NoScreen, SignIn } from "./session/sign_in";
import { surround } from "./surround";
import { speakFor, words } from "./words/words";

/** The screens, each brought when its address is asked for. */
const SCREENS: Readonly<Record<ScreenName, () => Promise<{ default: ComponentType }>>> = {
  desk: () => import("./desk/desk"),
  station: () => import("./station/station"),
  board: () => import("./board/board"),
  map: () => import("./map/window"),
};

/** The screen that the address names, or else the one where this person works. */
function wanted(of: Session, at: string): ScreenName | undefined {
  const named = screenAt(location.pathname, of);
  if (named !== undefined) return named;
  history.replaceState(null, "", at);
  return screenAt(at, of);
}

/** One person's screen. It stays when they sign in again: whatever was typed on it must outlive a token. */
function Screen({ of, at }: { of: Session; at: string }) {
  const [screen, setScreen] = useState<ComponentType | "failed" | undefined>(undefined);
  const [around, setAround] = useState<ReturnType<typeof surround> | undefined>(undefined);
  useEffect(() => {
    const made = surround(of);
    setAround(made);
    return () => made.end();
  }, []);
  useEffect(() => {
    let gone = false;
    const name = wanted(of, at);
    if (name !== undefined) {
      Promise.all([SCREENS[name](), speakFor(name === "map" ? [] : [name])]).then(
        ([brought]) => { if (!gone) setScreen(() => brought.default); },
        () => { if (!gone) setScreen("failed"); },
      );
    }
    return () => { gone = true; };
  }, []);
  useEffect(() => around?.renew(of), [around, of]);
  // who it is stays the same object through all their tokens, so that nothing that was made for a person is made again
  const console_ = useMemo(() => (around === undefined ? undefined : { ...around.console, session: of }), [around]);
  if (screen === "failed") return <NotLoaded />;
  if (screen === undefined || console_ === undefined) return null;
  const Found = screen;
  return (
    <ConsoleProvider value={console_}>
      <Found />
      <Ending of={of} />
    </ConsoleProvider>
  );
}

function NotLoaded() {
  const { signing } = words();
  return (
    <main class="sign-in">
      <h1>{signing.notLoaded}</h1>
      <p>{signing.notLoadedHint}</p>
      <p><button type="button" data-tone="main" onClick={() => location.reload()}>{signing.loadAgain}</button></p>
    </main>
  );
}

function Root() {
  const of = session.value;
  if (of === undefined) return <SignIn />;
  const at = home(of);
  return at === undefined ? <NoScreen of={of} /> : <Screen key={who(of)} of={of} at={at} />;
}

wear(theme.value);
void speakFor([]).then(() => {
  const place = document.getElementById("console");
  if (place !== null) render(<Root />, place);
});
