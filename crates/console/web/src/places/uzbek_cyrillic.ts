// Uzbek titles in Cyrillic. A directory has them in one script, and the two scripts map letter by letter, but for loanwords (`sirk` is
// `цирк`), which stay as they sound. The rules are those of the two official alphabets (1940 and 1995).

const PAIRS: readonly (readonly [string, string])[] = [
  // before "yo", which it begins with and is not
  ["yo‘", "йў"],
  ["o‘", "ў"], ["g‘", "ғ"], ["sh", "ш"], ["ch", "ч"], ["ye", "е"], ["yo", "ё"], ["yu", "ю"], ["ya", "я"], ["ts", "ц"],
  ["a", "а"], ["b", "б"], ["d", "д"], ["e", "е"], ["f", "ф"], ["g", "г"], ["h", "ҳ"], ["i", "и"], ["j", "ж"], ["k", "к"],
  ["l", "л"], ["m", "м"], ["n", "н"], ["o", "о"], ["p", "п"], ["q", "қ"], ["r", "р"], ["s", "с"], ["t", "т"], ["u", "у"],
  ["v", "в"], ["x", "х"], ["y", "й"], ["z", "з"], ["’", "ъ"],
];

/** The signs that people type for the one of `o‘` and `g‘`, and for the apostrophe. */
const TURNED = /(?<=[og])[‘ʻ`'’]/giu;
const APOSTROPHES = /[ʼ'`]/gu;

/** Writes an Uzbek text of Latin letters in Cyrillic ones; whatever is no such letter stays. */
export function inCyrillic(latin: string): string {
  const text = latin.replaceAll(TURNED, "‘").replaceAll(APOSTROPHES, "’");
  let written = "";
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at).toLowerCase();
    const begins = at === 0 || !/\p{L}|’/u.test(text[at - 1] ?? "");
    // a word that begins with e sounds it without the y before it
    const pair = begins && rest.startsWith("e") ? (["e", "э"] as const) : PAIRS.find(([from]) => rest.startsWith(from));
    if (pair === undefined) {
      written += text[at];
      at += 1;
      continue;
    }
    const [from, to] = pair;
    const first = text[at] ?? "";
    written += first !== first.toLowerCase() ? to.charAt(0).toUpperCase() + to.slice(1) : to;
    at += from.length;
  }
  return written;
}
