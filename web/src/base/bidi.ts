// Text of people beside text of ours. A name in Arabic or Hebrew turns what stands behind it ("6 / 5") around, unless it is
// isolated: in markup by <bdi>, in plain text (attributes, options, messages) by the characters that do the same.

const ISOLATE = '\u2068';
const END = '\u2069';

/** Letters that run from right to left, and characters that set a direction. */
const TURNS =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]|[\ud802\ud803\ud83a\ud83b][\udc00-\udfff]/;
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;

/** The text as it stands for itself within another; unchanged if nothing in it turns what is around. */
export function isolated(text: string): string {
  // What the text itself begins and never ends would reach beyond it.
  return TURNS.test(text) ? `${ISOLATE}${text.replace(CONTROLS, '')}${END}` : text;
}

/** Texts beside each other, without those that are missing. */
export function joined(texts: readonly (string | undefined)[], between = ' · '): string {
  return texts.flatMap((text) => (text ? isolated(text) : [])).join(between);
}
