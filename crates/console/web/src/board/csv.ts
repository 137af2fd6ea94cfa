// Tables for a spreadsheet: what a panel shows, as a file that a person keeps.

/** A field as RFC 4180 has it. One that a spreadsheet would take for a formula is kept a text: it may hold a caller's words. */
function field(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Writes a table. It begins with a byte order mark, without which spreadsheets misread Cyrillic. */
export function csv(head: readonly string[], rows: Iterable<readonly (string | number | undefined)[]>): string {
  return `\uFEFF${[head, ...rows].map((row) => row.map(field).join(",")).join("\r\n")}\r\n`;
}

/** Gives a person a file with a table. */
export function save(name: string, table: string): void {
  const address = URL.createObjectURL(new Blob([table], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `${name}.csv`;
  link.click();
  // the browser has taken it by then; one that is kept would stay in memory for as long as the window
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
