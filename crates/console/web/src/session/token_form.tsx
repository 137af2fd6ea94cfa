// Where a token is given: pasted, or in a demo chosen with a role.
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { askSite, type DemoHolder } from "../link/site";
import { titled } from "../places/places";
import { timeOfDay } from "../words/time";
import { language } from "../words/languages";
import { words } from "../words/words";
import { read, refused, signIn, who, type Role, type Session } from "./session";

/** What is wrong with what was pasted; that a token is over only the centre says. */
type Wrong = "empty" | "malformed" | "over";

/** What a pasted text is: a token that may be good, or what is wrong with it. */
export function judged(pasted: string): Session | Exclude<Wrong, "over"> {
  if (pasted.trim() === "") return "empty";
  return read(pasted) ?? "malformed";
}

/** When the token that was pasted ended, if it did by this machine's clock. That clock may be wrong, so that this warns and hinders nobody. */
export function seemsOver(pasted: string, now: number): number | undefined {
  const found = read(pasted);
  return found !== undefined && found.endsAt <= now ? found.endsAt : undefined;
}

/** `expected` is whose screen this is: another person is told what becomes of it before anything happens. */
export function TokenForm({ expected, onSigned }: { expected?: Session; onSigned?: () => void }) {
  const [pasted, setPasted] = useState("");
  const [wrong, setWrong] = useState<Wrong | undefined>(undefined);
  const [other, setOther] = useState<Session | undefined>(undefined);
  const [demo, setDemo] = useState<readonly DemoHolder[]>([]);
  const field = useId();
  const input = useRef<HTMLInputElement>(null);
  // where it is all that there is to do; over a screen words that are meant for that must not end up in it
  useLayoutEffect(() => { if (expected === undefined) input.current?.focus(); }, []);
  useEffect(() => {
    let gone = false;
    void askSite().then((site) => { if (!gone && site !== undefined) setDemo(site.demo); });
    return () => { gone = true; };
  }, []);
  // said after the form is there, so that it is read aloud
  useEffect(() => { if (expected === undefined && refused.peek()) setWrong("over"); }, []);
  const enter = (found: Session): void => {
    signIn(found.token);
    onSigned?.();
  };
  const give = (token: string): void => {
    const found = judged(token);
    setWrong(typeof found === "string" ? found : undefined);
    setOther(undefined);
    if (typeof found === "string") return;
    if (expected !== undefined && who(found) !== who(expected)) setOther(found);
    else enter(found);
  };
  // over somebody's screen only they are offered: anybody else goes by the page for signing in
  const offered = expected === undefined ? demo : demo.filter(({ token }) => isOf(token, expected));
  const endedAt = seemsOver(pasted, Date.now());
  const { signing } = words();
  return (
    <>
      <form class="token" noValidate onSubmit={(event) => { event.preventDefault(); give(pasted); }}>
        <label for={field}>{signing.token}</label>
        <p class="muted" id={`${field}-hint`}>{signing.tokenHint}</p>
        <input
          id={field} ref={input} name="token" autocomplete="off" autocapitalize="off" spellcheck={false} value={pasted}
          aria-describedby={`${field}-hint ${field}-wrong`} aria-invalid={wrong !== undefined}
          onInput={(event) => { setPasted(event.currentTarget.value); setWrong(undefined); }}
        />
        <p class="muted" role="status">{endedAt === undefined ? null : signing.endedAt(timeOfDay(endedAt, Intl.DateTimeFormat().resolvedOptions().timeZone))}</p>
        <p class="wrong" id={`${field}-wrong`} role="alert">{wrong === undefined ? null : signing[wrong]}</p>
        <button data-tone="main">{signing.signIn}</button>
      </form>
      <div role="alert">{other === undefined ? null : (
        <div class="other">
          <p>{signing.otherPerson(other.name)}</p>
          <button type="button" onClick={() => enter(other)}>{signing.fresh(other.name)}</button>
        </div>
      )}</div>
      {offered.length === 0 ? null : <Demo holders={offered} onChosen={give} />}
    </>
  );
}

function isOf(token: string, expected: Session): boolean {
  const found = read(token);
  return found !== undefined && who(found) === who(expected);
}

/** Those who have a screen come first, in the order in which a call passes through their hands. */
const ORDER: readonly string[] = ["operator", "duty_officer", "supervisor", "observer", "administrator", "crew", "integration"];

/** Everybody whose token the demo gives away. */
function Demo({ holders, onChosen }: { holders: readonly DemoHolder[]; onChosen: (token: string) => void }) {
  const { common, signing } = words();
  const sorted = [...holders].sort((one, other) => ORDER.indexOf(one.role) - ORDER.indexOf(other.role));
  const role = (one: string): string => common.roles[one as Role] ?? one;
  return (
    <section class="demo" aria-label={signing.demo}>
      <h2>{signing.demo}</h2>
      <p class="muted">{signing.demoHint}</p>
      <ul>
        {sorted.map((one) => (
          <li key={one.token}>
            <button type="button" onClick={() => onChosen(one.token)}>
              <strong>{role(one.role)}</strong> <span class="muted">{titled({ byLanguage: one.title }, language.value) || one.holder}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
