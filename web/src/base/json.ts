/** The parsed text; undefined if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As Object.hasOwn(), which is younger than the oldest browsers. */
export const hasOwn = (object: object, name: string): boolean => Object.prototype.hasOwnProperty.call(object, name);
