// Signing out: nothing that a caller said stays readable behind, and nothing unsent is thrown away unasked.
import { useState } from "preact/hooks";
import { useConsole } from "../context";
import { signOut } from "../session/session";
import { words } from "../words/words";
import { Dialog } from "./dialog";
import { Typed } from "./typed";

export function SignOut() {
  const { session } = useConsole();
  const [asking, setAsking] = useState(false);
  const { common, signing } = words();
  const typed = new Typed(session);
  const leave = (): void => {
    typed.forget();
    signOut();
  };
  return (
    <>
      <button type="button" onClick={() => (typed.unsent ? setAsking(true) : leave())}>{common.signOut}</button>
      {asking ? (
        <Dialog title={common.signOut} onClose={() => setAsking(false)}>
          <p>{signing.unsent}</p>
          <p><button type="button" data-tone="main" onClick={leave}>{signing.throwAway}</button></p>
        </Dialog>
      ) : null}
    </>
  );
}
