import policy from "../../docs/clients/billing.md" with { type: "text" };
import { markdownToHtml } from "../base/markdown.ts";

const POLICY: string = policy;

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1c1a17;background:#fff}table{border-collapse:collapse;width:100%}th,td{border:1px solid #d5d0c8;padding:.4rem .6rem;text-align:left;vertical-align:top}code{background:#f4f1ec;padding:.1em .3em}";

let page: string | undefined;

/** The charging policy as customers read it, from the same text as the manual. */
export function billingPage(): Response {
  page ??= `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>What a request costs</title>\n<style>${STYLE}</style>\n</head>\n<body>\n${markdownToHtml(POLICY)}\n</body>\n</html>\n`;
  return new Response(page, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      "x-content-type-options": "nosniff",
    },
  });
}
