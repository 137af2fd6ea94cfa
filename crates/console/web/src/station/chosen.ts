// The incident that an officer chose to look at instead of what is to be answered next.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Task, Work } from "./next";

/** The chosen one while it is the desk's, and what chooses another or lets go. What it asked being answered, it gives way to what else is asked. */
export function useChosen(works: readonly Work[], questions: readonly Task[]): [Work | undefined, (incident: string | undefined) => void] {
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const asked = useRef(false);
  const work = works.find(({ incident }) => incident.incidentId === chosen);
  const asks = work !== undefined && work.tasks.length > 0;
  if (asks) asked.current = true;
  const choose = (incident: string | undefined): void => {
    asked.current = false;
    setChosen(incident);
  };
  const isAnswered = work !== undefined && !asks && asked.current && questions.length > 0;
  useEffect(() => { if (isAnswered) choose(undefined); }, [isAnswered]);
  return [isAnswered ? undefined : work, choose];
}
