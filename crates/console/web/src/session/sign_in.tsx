// The page of somebody who is not signed in, and that of a role that has no screen.
import type { ComponentChildren } from "preact";
import { theme, wear } from "../look/theme";
import { language, LANGUAGES, type Language } from "../words/languages";
import { speak, words } from "../words/words";
import { signOut, type Session } from "./session";
import "./sign_in.css";
import { TokenForm } from "./token_form";

export function SignIn() {
  const { signing } = words();
  return (
    <Entrance>
      <section aria-label={signing.title}>
        <h2>{signing.title}</h2>
        <TokenForm />
      </section>
    </Entrance>
  );
}

/** Says that a role has no screen, and why none is missing. */
export function NoScreen({ of }: { of: Session }) {
  const { common, signing } = words();
  return (
    <Entrance>
      <h2>{signing.noScreen(common.roles[of.role])}</h2>
      <p>{of.role === "integration" ? signing.noScreenIntegration : signing.noScreenCrew}</p>
      <p><button type="button" data-tone="main" onClick={signOut}>{signing.somebodyElse}</button></p>
    </Entrance>
  );
}

/** A page before any screen. */
function Entrance({ children }: { children: ComponentChildren }) {
  return (
    <main class="sign-in">
      <header>
        <h1>{words().common.product}</h1>
        <Choices />
      </header>
      {children}
    </main>
  );
}

/** Language and light, chosen before anybody is signed in. */
function Choices() {
  const { common } = words();
  return (
    <div class="choices">
      <select aria-label={common.language} value={language.value} onChange={(event) => void speak(event.currentTarget.value as Language)}>
        {Object.entries(LANGUAGES).map(([tag, name]) => <option key={tag} value={tag} lang={tag}>{name}</option>)}
      </select>
      <button type="button" onClick={() => wear(theme.value === "day" ? "night" : "day")}>
        {common.theme[theme.value === "day" ? "night" : "day"]}
      </button>
    </div>
  );
}
