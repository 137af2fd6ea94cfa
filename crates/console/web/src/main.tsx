// The console's first lines: the words, who is signed in, and which screen the address names.
import { render, type ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { signal } from "@preact/signals";
import "./look/look.css";
import { api } from "./api/api";
import { DirectoryService } from "./contract/kezek/directory/v1/directory_service_pb";
import { ConsoleProvider, type Console } from "./context";
import { ticking } from "./link/clock";
import { connect } from "./link/link";
import { theme, wear } from "./look/theme";
import { Places } from "./places/places";
import { session, type Session } from "./session/session";
import { SignIn } from "./session/sign_in";
import { language } from "./words/languages";
import { speak } from "./words/words";

/** The screens, each brought when its address is asked for. */
const SCREENS: readonly { readonly path: RegExp; readonly bring: () => Promise<{ default: ComponentType }> }[] = [
  { path: /^\/desk\/?$/, bring: () => import("./desk/desk") },
  { path: /^\/station\/[^/]+\/?$/, bring: () => import("./station/station") },
  { path: /^\/board\/?$/, bring: () => import("./board/board") },
  { path: /^\/map\/?$/, bring: () => import("./map/window") },
];

/** Where a role works. */
function home(of: Session): string {
  switch (of.role) {
    case "duty_officer": return `/station/${of.station ?? ""}`;
    case "supervisor":
    case "administrator":
    case "observer": return "/board";
    case "operator":
    case "crew":
    case "integration": return "/desk";
  }
}

function surroundings(of: Session): { console: Console; end(): void } {
  const { call, stream } = api(location.origin, of.token);
  const link = connect(of);
  const clock = ticking(link);
  const places = signal<Places | undefined>(undefined);
  let shown = -1n;
  // the directory is small and changes seldom: it is read again when the stream says that another one is in force
  const reading = link.picture.revision.subscribe(() => {
    const version = link.picture.directory?.directoryVersion ?? 0n;
    if (version === shown) return;
    shown = version;
    call(DirectoryService).getDirectory({}).then(
      ({ directory }) => { if (directory !== undefined) places.value = new Places(directory); },
      () => { shown = -1n; },
    );
  });
  const end = (): void => {
    reading();
    clock.stop();
    link.close();
  };
  return { console: { session: of, call, stream, link, places, now: clock.now }, end };
}

function Screen({ of }: { of: Session }) {
  const [found, setFound] = useState<{ screen: ComponentType; console: Console } | undefined>(undefined);
  useEffect(() => {
    const around = surroundings(of);
    let gone = false;
    const wanted = SCREENS.find(({ path }) => path.test(location.pathname));
    if (wanted === undefined) history.replaceState(null, "", home(of));
    const screen = wanted ?? SCREENS.find(({ path }) => path.test(location.pathname));
    void screen?.bring().then((brought) => { if (!gone) setFound({ screen: brought.default, console: around.console }); });
    return () => {
      gone = true;
      around.end();
    };
  }, [of]);
  if (found === undefined) return null;
  return <ConsoleProvider value={found.console}><found.screen /></ConsoleProvider>;
}

function Root() {
  const of = session.value;
  return of === undefined ? <SignIn /> : <Screen key={of.token} of={of} />;
}

wear(theme.value);
void speak(language.value).then(() => {
  const place = document.getElementById("console");
  if (place !== null) render(<Root />, place);
});
