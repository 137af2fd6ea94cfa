// What surrounds the parts of a screen: given once around them, and asked for by whichever part needs it.
import { createContext, type Provider } from "preact";
import { useContext } from "preact/hooks";

/** Surroundings of a kind: what gives them, and what asks for them. A part that asks outside of `where` is a mistake in the program. */
export function surroundings<Around extends object>(where: string): readonly [provider: Provider<Around | undefined>, ask: () => Around] {
  const context = createContext<Around | undefined>(undefined);
  const ask = (): Around => {
    const found = useContext(context);
    if (found === undefined) throw new Error(`a part of ${where} is shown outside of it`);
    return found;
  };
  return [context.Provider, ask];
}
