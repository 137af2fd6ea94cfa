// Whom the centre would send for the selected incident, asked again when the board has moved and not on every frame.
import { useEffect, useState } from "preact/hooks";
import { refusal, type Refusal } from "../api/refusal";
import { useConsole } from "../context";
import type { Recommendation } from "../contract/kezek/record/v1/recommendation_pb";
import type { Picture } from "../picture/picture";
import { maySend } from "../link/state";

/** Shortest time between two questions: a full centre changes many times a second. */
const NOT_SOONER_MS = 1_500;
/** After which a ranking is asked for anew although no record moved: positions do. */
const NOT_LATER_MS = 15_000;

/** The ranking in front of the operator. */
export interface Recommended {
  readonly recommendation: Recommendation | undefined;
  readonly refused: Refusal | undefined;
  /** True where the last question got no answer. */
  readonly unanswered: boolean;
}

const NOTHING: Recommended = { recommendation: undefined, refused: undefined, unanswered: false };

/**
 * The ranking after a question failed. A question that no answer came to did nothing, so it is no command whose outcome nobody knows: what was
 * ranked stays, and is said to be old.
 */
export function afterFailure(before: Recommended, why: Refusal): Recommended {
  return why.unknown ? { ...before, refused: undefined, unanswered: true } : { ...before, refused: why, unanswered: false };
}

/** A number that grows whenever something changed that a ranking depends on. */
function moved(picture: Picture, incidentId: string): bigint {
  let newest = picture.incidents.get(incidentId)?.version ?? 0n;
  for (const records of [picture.units, picture.desks]) {
    for (const { version } of records.values()) if (version > newest) newest = version;
  }
  return newest;
}

/** Follows the ranking for an incident; nothing while none is selected or it lacks nobody. */
export function useRecommended(incidentId: string | undefined): Recommended {
  const { call, link } = useConsole();
  const [found, setFound] = useState<{ of: string | undefined } & Recommended>({ of: undefined, ...NOTHING });
  useEffect(() => {
    setFound({ of: incidentId, ...NOTHING });
    if (incidentId === undefined) return undefined;
    const ending = new AbortController();
    let [askedAt, askedFor, asking] = [0, -1n, false];
    const look = (): void => {
      const since = performance.now() - askedAt;
      const now = moved(link.picture, incidentId);
      const wanted = link.picture.incidents.get(incidentId)?.queued === true;
      if (!wanted) return setFound((was) => (was.recommendation === undefined && was.refused === undefined && !was.unanswered ? was : { of: incidentId, ...NOTHING }));
      if (asking || !maySend(link.state.value) || since < NOT_SOONER_MS || (now === askedFor && since < NOT_LATER_MS)) return;
      [askedAt, askedFor, asking] = [performance.now(), now, true];
      call("DispatchService").recommend({ incidentId }, { signal: ending.signal })
        .then(({ recommendation }) => setFound({ of: incidentId, recommendation, refused: undefined, unanswered: false }))
        .catch((thrown: unknown) => {
          if (!ending.signal.aborted) setFound((was) => ({ of: incidentId, ...afterFailure(was, refusal(thrown)) }));
        })
        .finally(() => (asking = false));
    };
    askedAt = -NOT_SOONER_MS;
    look();
    const looking = setInterval(look, 250);
    return () => {
      clearInterval(looking);
      ending.abort();
    };
  }, [incidentId, call, link]);
  return found.of === incidentId ? found : NOTHING;
}
