/**
 * OpenAI counts the places of annotations in characters (code points), the neutral form in UTF-16 units.
 * Both answer the text's end for a place beyond it.
 */
export function utf16Offset(text: string, characters: number): number {
  let at = 0;
  for (let left = characters; left > 0 && at < text.length; left--) at += unitsAt(text, at);
  return at;
}

export function characterOffset(text: string, units: number): number {
  let characters = 0;
  for (let at = 0; at < units && at < text.length; at += unitsAt(text, at)) characters++;
  return characters;
}

function unitsAt(text: string, at: number): 1 | 2 {
  const code = text.codePointAt(at);
  return code !== undefined && code > 0xffff ? 2 : 1;
}
