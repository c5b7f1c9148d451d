import { escapeHtml } from "../../base/html.ts";

/** Whose documentation it is. */
export interface DocsBrand {
  readonly name: string;
  /** Where the service is reached, such as `https://api.example.com`. */
  readonly origin: string;
  /** What the keys of the first plan begin with. */
  readonly keyPrefix: string;
  /** The environment variable of the key in examples. */
  readonly keyVariable: string;
  /** The model of examples; undefined: the demo, as they were written. */
  readonly model: string | undefined;
  /** #rrggbb; undefined: ours. */
  readonly accent: string | undefined;
  /** An address; undefined: the built-in mark. */
  readonly logo: string | undefined;
}

const EXAMPLE_ORIGIN = "http://127.0.0.1:8787";
const EXAMPLE_PREFIX = "qn_live_";
const EXAMPLE_VARIABLE = "QUOIN_API_KEY";
/** The demo where an example asks for it: as a field, in Gemini's path, behind a program's option; code is escaped. */
const EXAMPLE_MODEL =
  /(\bmodel(?:&quot;|")?\s?[:=]\s?(?:&quot;|")|\/models\/|\s-m |--model )demo(?=&quot;|"|:|\s)/g;

/**
 * Our examples with the operator's own name, address and keys, in HTML.
 * @param ownName false on pages for operators, which speak of the program
 */
export function brandFiller(brand: DocsBrand, ownName: boolean): (html: string) => string {
  const replacements: readonly (readonly [string | RegExp, string])[] = [
    [EXAMPLE_ORIGIN, escapeHtml(brand.origin)],
    [EXAMPLE_PREFIX, escapeHtml(brand.keyPrefix)],
    [EXAMPLE_VARIABLE, escapeHtml(brand.keyVariable)],
    ...(ownName ? [[/\bQuoin\b/g, escapeHtml(brand.name)] as const] : []),
  ];
  const model = ownName ? brand.model : undefined;
  const asked = model === undefined ? undefined : escapeHtml(model);
  return (html) => {
    const filled = replacements.reduce((text, [from, to]) => text.replaceAll(from, () => to), html);
    return asked === undefined ? filled : filled.replace(EXAMPLE_MODEL, (_, before) => `${before}${asked}`);
  };
}
