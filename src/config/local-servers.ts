import { get, type IncomingMessage } from "node:http";
import { asList, asObject } from "../core/json.ts";

export interface LocalServer {
  /** The upstream's id. */
  readonly id: string;
  readonly name: string;
  readonly port: number;
}

/** Servers of open models and the ports that they listen on unless told otherwise. */
export const LOCAL_SERVERS: readonly LocalServer[] = [
  { id: "ollama", name: "Ollama", port: 11_434 },
  { id: "llama-cpp", name: "llama.cpp", port: 8080 },
  { id: "vllm", name: "vLLM", port: 8000 },
  { id: "lm-studio", name: "LM Studio", port: 1234 },
];

export interface LocalModel {
  readonly id: string;
  readonly contextTokens: number | undefined;
}

const DEADLINE_MS = 250;
const LIST_BYTES_MAX = 1024 * 1024;
const MODELS_MAX = 500;

function contextOf(entry: Readonly<Record<string, unknown>>): number | undefined {
  // vLLM says max_model_len, llama.cpp meta.n_ctx_train; the others say nothing.
  const tokens = entry.max_model_len ?? asObject(entry.meta)?.n_ctx_train;
  return Number.isSafeInteger(tokens) && Number(tokens) > 0 ? Number(tokens) : undefined;
}

/** The models of an OpenAI-style list; undefined where the text is none. */
function readList(text: string): LocalModel[] | undefined {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return undefined; // Something else listens on this port.
  }
  const entries = asList(asObject(list)?.data).slice(0, MODELS_MAX);
  const models = entries.flatMap((entry): LocalModel[] => {
    const fields = asObject(entry);
    const id = fields?.id;
    return fields && typeof id === "string" && /^[^\s\p{C}]{1,200}$/u.test(id)
      ? [{ id, contextTokens: contextOf(fields) }]
      : [];
  });
  return models.length > 0 ? models : undefined;
}

function readText(response: IncomingMessage, done: (text: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LIST_BYTES_MAX) done(undefined);
    else chunks.push(chunk);
  });
  response.on("end", () => done(Buffer.concat(chunks).toString("utf8")));
  response.on("error", () => done(undefined));
}

/**
 * The models of a server on this machine, or undefined where none answers `GET /v1/models` in time.
 * Through node:http, since Bun's `fetch` sends even loopback addresses to HTTP_PROXY.
 */
export function probeServer(port: number, deadlineMs = DEADLINE_MS): Promise<LocalModel[] | undefined> {
  return new Promise((resolve) => {
    const request = get({
      host: "127.0.0.1",
      port,
      path: "/v1/models",
      agent: false,
      headers: { accept: "application/json" },
    });
    const done = (text: string | undefined): void => {
      clearTimeout(timer);
      request.destroy();
      resolve(text === undefined ? undefined : readList(text));
    };
    const timer = setTimeout(() => done(undefined), deadlineMs);
    request.on("error", () => done(undefined)); // Nothing listens there.
    request.on("response", (response) =>
      response.statusCode === 200 ? readText(response, done) : done(undefined),
    );
  });
}
