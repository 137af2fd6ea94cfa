// Signing in.
import { useState } from "preact/hooks";
import { signIn } from "./session";

export function SignIn() {
  const [token, setToken] = useState("");
  return (
    <main>
      <form onSubmit={(event) => { event.preventDefault(); signIn(token); }}>
        <label>Token <input value={token} onInput={(event) => setToken(event.currentTarget.value)} /></label>
        <button>OK</button>
      </form>
    </main>
  );
}
