// Text typed while another keyboard layout was on, read as the keys that were pressed: the Latin and the Russian layout share them.

const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
const CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё";

const OTHER = new Map<string, string>([...LATIN].flatMap((letter, at) => {
  const twin = CYRILLIC[at] ?? letter;
  return [[letter, twin], [twin, letter]] as [string, string][];
}));

/** The same keys in the other layout. */
export function otherLayout(text: string): string {
  return [...text.toLowerCase()].map((letter) => OTHER.get(letter) ?? letter).join("");
}

const ALIKE: Readonly<Record<string, string>> = { ё: "е", ө: "о", ү: "у", ң: "н", ў: "у", қ: "к", ғ: "г", ҳ: "х" };

/** Lower case, and the letters that people leave out or write differently made one. */
export function folded(text: string): string {
  return [...text.toLowerCase().replace(/[‘’'ʻʼ`]/g, "")].map((letter) => ALIKE[letter] ?? letter).join("");
}
