import type { ErrorKind, ErrorShape } from "./errors.ts";
import type { Dialect, WireProtocol } from "./protocol.ts";

/** For whom a shape holds: everybody, the SDKs of a dialect, or the clients of one protocol. */
export type ErrorLayer = "all" | Dialect | WireProtocol;

/** What a service's documents promise of its errors; of the layers that fit, the narrowest counts. */
export type ErrorProfile = {
  readonly [Kind in ErrorKind]?: { readonly [Layer in ErrorLayer]?: ErrorShape };
};
