const ROOT = "/console/api/v1";

/** An answer of the API that is no success; the message is written for people and names the mend. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;

  constructor(status: number, code: string, message: string, field?: string) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.field = field;
  }
}

type Query = Readonly<Record<string, string | number | undefined>>;

/** The address of a route of the API; absent and empty values are left out. */
export function apiUrl(path: string, query: Query = {}): string {
  const known = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
  const text = new URLSearchParams(known.map(([name, value]) => [name, String(value)])).toString();
  return `${ROOT}${path}${text === "" ? "" : `?${text}`}`;
}

interface ErrorBody {
  readonly error?: { readonly code?: string; readonly message?: string; readonly field?: string };
}

async function errorOf(answer: Response): Promise<ApiError> {
  const text = await answer.text();
  try {
    const { error } = JSON.parse(text) as ErrorBody;
    return new ApiError(answer.status, error?.code ?? "unknown", error?.message ?? text, error?.field);
  } catch {
    return new ApiError(answer.status, "unreadable", text.slice(0, 200) || `HTTP ${answer.status}`);
  }
}

async function send<T>(method: string, url: string, body?: object): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json", "x-quoin-console": "1" };
  if (body !== undefined) headers["content-type"] = "application/json";
  const answer = await fetch(url, {
    method,
    headers,
    credentials: "same-origin",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw await errorOf(answer);
  const text = await answer.text();
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** Calls of the management API. @throws ApiError, or TypeError where the server is out of reach. */
export const api = {
  get: <T>(path: string, query?: Query) => send<T>("GET", apiUrl(path, query)),
  post: <T>(path: string, body: object = {}) => send<T>("POST", apiUrl(path), body),
  put: <T>(path: string, body: object = {}) => send<T>("PUT", apiUrl(path), body),
  patch: <T>(path: string, body: object = {}) => send<T>("PATCH", apiUrl(path), body),
  delete: <T>(path: string) => send<T>("DELETE", apiUrl(path)),
};
