import { PEOPLE_SETTINGS } from "./people-setting-rows.ts";
import type { SettingRow } from "./setting-row.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** More than any machine has use for. */
export const WORKERS_MAX = 64;

export const SETTINGS = [
  {
    variable: "QUOIN_HOME",
    unit: "path",
    default: "./.quoin",
    description: "Folder of the data, the generated secret (mode 0600) and the control socket.",
  },
  {
    variable: "QUOIN_HOST",
    unit: "host name or address",
    default: "127.0.0.1",
    description: "Where to listen. 0.0.0.0 opens Quoin to every network of the machine.",
  },
  {
    variable: "QUOIN_PORT",
    unit: "TCP port",
    default: "8787",
    min: 0,
    max: 65_535,
    description: "Port of the gateway and the console; 0 takes any free one.",
  },
  {
    variable: "QUOIN_WORKERS",
    unit: "processes",
    default: "1",
    min: 1,
    max: WORKERS_MAX,
    description:
      "How many processes serve requests on the port (Linux); with more than one another keeps the books for them. `quoin serve --workers` overrules it.",
  },
  {
    variable: "QUOIN_WORKER_SILENCE_MS",
    unit: "milliseconds",
    default: "15000",
    min: 1_000,
    max: 600_000,
    description:
      "How long a worker may give no sign of life. Then it is killed, and another takes its place.",
  },
  {
    variable: "QUOIN_CONFIG",
    unit: "path",
    default: "./quoin.yaml where it exists",
    description: "What the operator declares. A path given here must exist.",
  },
  {
    variable: "QUOIN_DATABASE_URL",
    unit: "address",
    default: "SQLite in QUOIN_HOME",
    description:
      "PostgreSQL 15 or newer that keeps everything durable, for several nodes: postgres://user:password@host:5432/name. Needs QUOIN_SECRET.",
  },
  {
    variable: "QUOIN_MIXED_CONFIG",
    unit: "allow or refuse",
    default: "refuse",
    description: "Whether a node may start beside others on its database whose quoin.yaml differs.",
  },
  {
    variable: "QUOIN_REDIS_URL",
    unit: "address",
    default: "none",
    description:
      "Redis or Valkey that counts the limits of all nodes together: redis://, rediss://, valkey:// or valkeys://, with user and password where it wants them. Without it each process counts its own.",
  },
  {
    variable: "QUOIN_REGION",
    unit: "id of a region",
    default: "none",
    description:
      "The region this node stands in: an id of `regions` in quoin.yaml. Answers and records say it.",
  },
  {
    variable: "QUOIN_SECRET",
    unit: "text of 32 characters or more",
    default: "generated in QUOIN_HOME",
    description:
      "Used instead of the generated secret: it opens the key that keyed hashes and encryption at rest are made with.",
  },
  {
    variable: "QUOIN_SECRET_NEXT",
    unit: "text of 32 characters or more",
    default: "none",
    description: "What `quoin secret rotate` brings in for QUOIN_SECRET; read by that command alone.",
  },
  {
    variable: "QUOIN_BEGIN_ANEW",
    unit: "allow or refuse",
    default: "refuse",
    description:
      "Whether to begin anew where the secret is not the one of before: no key, session, authenticator app, sealed credential or kept conversation of before works then.",
  },
  {
    variable: "QUOIN_BODY_BYTES_MAX",
    unit: "bytes",
    default: String(32 * MIB),
    min: 1024,
    max: GIB,
    description: "Largest request body, counted after decompression; beyond it the answer is 413.",
  },
  {
    variable: "QUOIN_BODY_DEADLINE_MS",
    unit: "milliseconds",
    default: "30000",
    min: 100,
    max: 3_600_000,
    description: "Time that a client may take to send its request body.",
  },
  {
    variable: "QUOIN_KEEP_ALIVE_MS",
    unit: "milliseconds",
    default: "20000",
    min: 0,
    max: 600_000,
    description:
      "Silence of an upstream after which a streaming client gets a sign of life, also before the answer begins; 0: never.",
  },
  {
    variable: "QUOIN_UPLOAD_BYTES_MAX",
    unit: "bytes",
    default: String(25 * MIB),
    min: 1024,
    max: GIB,
    description: "Largest form with a file (audio to transcribe); beyond it the answer is 413.",
  },
  {
    variable: "QUOIN_UPLOAD_DEADLINE_MS",
    unit: "milliseconds",
    default: "300000",
    min: 100,
    max: 3_600_000,
    description: "Time that a client may take to send such a form.",
  },
  {
    variable: "QUOIN_KEY_CACHE_SIZE",
    unit: "keys",
    default: "100000",
    min: 1,
    max: 10_000_000,
    description: "How many verified keys are kept in memory.",
  },
  {
    variable: "QUOIN_ANSWER_BYTES_MAX",
    unit: "bytes",
    default: String(64 * MIB),
    min: 1024,
    max: GIB,
    description: "Largest answer that an upstream may give whole, not streamed.",
  },
  {
    variable: "QUOIN_FETCH_PRIVATE",
    unit: "addresses or CIDR blocks, with commas",
    default: "none",
    description:
      "Private networks from which media may be fetched that clients name by URL, over http too. Without it only https addresses of the public internet are fetched.",
  },
  {
    variable: "QUOIN_SIGNATURE_DAYS",
    unit: "days",
    default: "7",
    min: 0,
    max: 3650,
    description:
      "How long opaque state of models (thinking signatures) is kept for clients that do not send it back; 0: not at all.",
  },
  {
    variable: "QUOIN_RESPONSE_DAYS",
    unit: "days",
    default: "30",
    min: 0,
    max: 3650,
    description:
      "How long responses are kept, encrypted, that later requests may build on by previous_response_id; 0: not at all.",
  },
  {
    variable: "QUOIN_HISTORY_DAYS",
    unit: "days",
    default: "0",
    min: 0,
    max: 3650,
    description:
      "How long records of requests are kept, at least: whole months are dropped when all of them are older; 0: for ever. Charges and sums of usage are kept in any case.",
  },
  {
    variable: "QUOIN_DRAIN_MS",
    unit: "milliseconds",
    default: "25000",
    min: 0,
    max: 3_600_000,
    description: "Time that running requests get to end when Quoin is told to stop.",
  },
  {
    variable: "QUOIN_DISCOVER",
    unit: "off, env or all",
    default: "all",
    description:
      "Where to look for upstreams while quoin.yaml declares none: vendors' keys in the environment (env), and servers on this machine as well (all).",
  },
  {
    variable: "QUOIN_STRIPE_KEY",
    unit: "text",
    default: "none",
    description: "Stripe's secret key: with it `quoin wallet checkout` makes pages on which customers pay.",
  },
  {
    variable: "QUOIN_STRIPE_WEBHOOK_SECRET",
    unit: "text",
    default: "none",
    description: "What Stripe signs its webhooks to `/webhooks/stripe` with; required with QUOIN_STRIPE_KEY.",
  },
  {
    variable: "QUOIN_STRIPE_URL",
    unit: "address",
    default: "https://api.stripe.com",
    description: "Where Stripe's API is; for tests.",
  },
  ...PEOPLE_SETTINGS,
  {
    variable: "QUOIN_DEBUG",
    unit: "any text",
    default: "none",
    description: "When set, the log also tells what is only of use when looking for a fault.",
  },
] as const satisfies readonly SettingRow[];

export type SettingName = (typeof SETTINGS)[number]["variable"];
