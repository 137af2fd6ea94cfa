// The console's first lines: the words, who is signed in, and which screen the address names.
import { render, type ComponentType } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import "./look/look.css";
import { ConsoleProvider } from "./context";
import { theme, wear } from "./look/theme";
import { Ending } from "./session/ending";
import { home, screenAt, type Home, type ScreenName } from "./session/screens";
import { session, who, type Session } from "./session/session";
import { NoScreen, SignIn } from "./session/sign_in";
import { surround, type Surround } from "./surround";
import { speakFor, words } from "./words/words";

/** The screens, each brought when its address is asked for. */
const SCREENS: Readonly<Record<ScreenName, () => Promise<{ default: ComponentType }>>> = {
  desk: () => import("./desk/desk"),
  station: () => import("./station/station"),
  board: () => import("./board/board"),
  map: () => import("./map/window"),
};

/** The screen that the address names, or else the one where this person works. */
function wanted(of: Session, at: Home): ScreenName {
  const named = screenAt(location.pathname, of);
  if (named === undefined) history.replaceState(null, "", at.path);
  return named ?? at.screen;
}

/** What a screen needs time for: its code and its words, and what surrounds it, the stream first of all. */
interface Begun {
  readonly around: Surround;
  readonly spoken: Promise<void>;
  readonly screen: Promise<ComponentType>;
}

function begin(of: Session, at: Home): Begun {
  const name = wanted(of, at);
  const spoken = speakFor(name === "map" ? [] : [name]);
  const brought = Promise.all([SCREENS[name](), spoken]);
  return { around: surround(of), spoken, screen: brought.then(([found]) => found.default) };
}

/** One person's screen. It stays when they sign in again: whatever was typed on it must outlive a token. */
function Screen({ of, at, ahead }: { of: Session; at: Home; ahead: Begun | undefined }) {
  const [{ around, screen }] = useState(() => ahead ?? begin(of, at));
  const [found, setFound] = useState<ComponentType | "failed" | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    screen.then((brought) => { if (!gone) setFound(() => brought); }, () => { if (!gone) setFound("failed"); });
    return () => {
      gone = true;
      around.end();
    };
  }, []);
  useEffect(() => around.renew(of), [of]);
  // who it is stays the same object through all their tokens, so that nothing that was made for a person is made again
  const console_ = useMemo(() => ({ ...around.console, session: of }), []);
  if (found === "failed") return <NotLoaded />;
  if (found === undefined) return null;
  const Found = found;
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

/** The screen of whoever is signed in when the page comes is begun before there are words to show anything in. */
function Root({ first }: { first: { readonly of: Session; readonly begun: Begun } | undefined }) {
  const of = session.value;
  if (of === undefined) return <SignIn />;
  const at = home(of);
  return at === undefined ? <NoScreen of={of} /> : <Screen key={who(of)} of={of} at={at} ahead={first?.of === of ? first.begun : undefined} />;
}

function signedIn(): { readonly of: Session; readonly begun: Begun } | undefined {
  const of = session.peek();
  const at = of === undefined ? undefined : home(of);
  return of === undefined || at === undefined ? undefined : { of, begun: begin(of, at) };
}

wear(theme.value);
const first = signedIn();
// a screen whose words do not come is not shown, and that is said in those that every screen has
void (first?.begun.spoken.catch(() => speakFor([])) ?? speakFor([])).then(() => {
  // somebody else may be signed in by now, in another window
  if (first !== undefined && session.peek() !== first.of) first.begun.around.end();
  const place = document.getElementById("console");
  if (place !== null) render(<Root first={first} />, place);
});
