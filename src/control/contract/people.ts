import { z } from "@hono/zod-openapi";
import { OAUTH_PROVIDERS } from "../../accounts/people/user.ts";
import { ROLES } from "../../accounts/role.ts";
import { ID, NANOS, TIME } from "./shapes.ts";

export const EMAIL = z.string().min(1).max(254).openapi({ example: "ann@example.com" });
const PASSWORD = z.string().min(1).max(400);
/** The text that a link, an answer or a cookie carries. */
export const TOKEN = z.string().min(1).max(200);
export const CODE = z.string().min(1).max(40).openapi({ example: "123456" });
export const PHONE = z
  .string()
  .min(1)
  .max(40)
  .describe("With its country's code.")
  .openapi({ example: "+4915123456789" });
const NAME = z.string().trim().max(100);
export const LOCALE = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, "must be a language tag such as en or zh-CN")
  .openapi({ example: "en" });
export const ROLE = z.enum(ROLES).openapi("Role");
export const PROVIDER = z.enum(OAUTH_PROVIDERS);

const OWN_ACCOUNT = z
  .strictObject({
    id: ID,
    name: z.string(),
    display_name: z.string(),
    role: ROLE,
    monthly_cap_nanos: NANOS.nullable().describe(
      "The most that the member's keys may spend in a month (UTC).",
    ),
  })
  .openapi("OwnAccount");
export const MADE_ACCOUNT = OWN_ACCOUNT;

export const ME = z
  .strictObject({
    user: z.strictObject({
      id: ID,
      email: z.string(),
      email_verified: z.boolean(),
      phone: z.string().nullable(),
      display_name: z.string(),
      locale: z.string().nullable(),
      operator: z.boolean().describe("Runs this installation."),
      has_password: z.boolean(),
      totp: z.boolean().describe("Whether codes of an authenticator app are asked for at sign-in."),
      recovery_codes_left: z.int(),
      passkeys: z.int(),
      identities: z.array(PROVIDER),
      created_at: TIME,
    }),
    session: z.strictObject({ id: ID, created_at: TIME, expires_at: TIME }),
    accounts: z.array(OWN_ACCOUNT),
    missing: z.array(z.enum(["phone"])).describe("What must be done before accounts can be used."),
  })
  .openapi("Me");
export type Me = z.infer<typeof ME>;

export const CODE_SENT = z
  .strictObject({
    challenge: z.string().describe("Comes back with the code."),
    resend_after_s: z.int(),
    expires_at: TIME,
  })
  .openapi("CodeSent");
export type CodeSent = z.infer<typeof CODE_SENT>;

export const SIGN_IN = z
  .discriminatedUnion("status", [
    z.strictObject({ status: z.literal("signed_in"), me: ME }),
    z.strictObject({
      status: z.literal("second_factor"),
      challenge: z.string(),
      methods: z.array(z.enum(["totp", "recovery_code"])),
      expires_at: TIME,
    }),
    z.strictObject({ status: z.literal("verify_email"), email: z.string(), ...CODE_SENT.shape }),
  ])
  .openapi("SignIn");
export type SignIn = z.infer<typeof SIGN_IN>;

export const NEW_SIGN_UP = z
  .strictObject({
    email: EMAIL,
    password: PASSWORD.describe("Ten characters or more."),
    display_name: NAME.default(""),
    locale: LOCALE.optional(),
    phone_proof: TOKEN.optional().describe(
      "From /auth/phone/verify; needed where sign-up asks for a number.",
    ),
    invitation: TOKEN.optional().describe("From the link of an invitation."),
    claim: TOKEN.optional().describe("From the operator's claim link."),
  })
  .openapi("NewSignUp");

export const CREDENTIALS = z
  .strictObject({
    email: EMAIL,
    password: PASSWORD,
    claim: TOKEN.optional().describe("From the operator's claim link: makes the user an operator."),
  })
  .openapi("Credentials");

export const PROOF = z.strictObject({ challenge: TOKEN, code: CODE }).openapi("Proof");
export const CHALLENGE = z.strictObject({ challenge: TOKEN });
export const ONE_TOKEN = z.strictObject({ token: TOKEN });
export const ONE_EMAIL = z.strictObject({ email: EMAIL });
export const ONE_CODE = z.strictObject({ code: CODE });
export const ONE_PHONE = z.strictObject({
  phone: PHONE,
});
export const PHONE_PROVEN = z.strictObject({ phone: z.string(), phone_proof: z.string() });
export const NEW_PASSWORD = z.strictObject({ token: TOKEN, password: PASSWORD });
export const CHANGED = z.strictObject({ status: z.literal("changed") });
export const SENT = z.strictObject({ status: z.literal("sent") });
export const NOTHING = z.strictObject({});

/** What browsers' WebAuthn gives and takes; checked by the ceremony itself. */
const WEBAUTHN = z.looseObject({}).openapi({ description: "As @simplewebauthn/browser gives and takes it." });
export const PASSKEY_QUESTION = z
  .strictObject({ challenge: z.string(), options: WEBAUTHN })
  .openapi("PasskeyQuestion");
export const PASSKEY_ANSWER = z.strictObject({
  challenge: TOKEN,
  response: z.looseObject({ id: z.string().min(1).max(2000) }),
});
export const NEW_PASSKEY = z.strictObject({
  challenge: TOKEN,
  name: NAME.min(1),
  response: WEBAUTHN,
});
export const PASSKEY = z
  .strictObject({ id: ID, name: z.string(), created_at: TIME, used_at: TIME.nullable() })
  .openapi("Passkey");
export type Passkey = z.infer<typeof PASSKEY>;

export const SESSION = z
  .strictObject({
    id: ID,
    current: z.boolean(),
    address: z.string().nullable(),
    user_agent: z.string().nullable(),
    created_at: TIME,
    seen_at: TIME.describe("Within five minutes."),
    expires_at: TIME,
  })
  .openapi("Session");
export type Session = z.infer<typeof SESSION>;

/** The password of a user who has one. */
export const CONFIRM = z.strictObject({ password: PASSWORD.optional() });
export const EMAIL_CHANGE = z.strictObject({ email: EMAIL, password: PASSWORD.optional() });
export const PASSWORD_CHANGE = z.strictObject({ password: PASSWORD.optional(), new_password: PASSWORD });
export const TOTP_OFF = z.strictObject({ password: PASSWORD.optional(), code: CODE });
export const PROFILE = z.strictObject({
  display_name: NAME.optional(),
  locale: LOCALE.nullable().optional(),
});
export const TOTP_START = z.strictObject({ secret: z.string(), uri: z.string().describe("For a QR code.") });
export const RECOVERY_CODES = z.strictObject({
  recovery_codes: z.array(z.string()).describe("Shown this once; each is good once."),
});
export const ENDED = z.strictObject({ ended: z.int() });
export const NEW_ACCOUNT = z.strictObject({ display_name: NAME.min(1) });

export const MEMBER = z
  .strictObject({
    user_id: ID,
    email: z.string(),
    display_name: z.string(),
    role: ROLE,
    monthly_cap_nanos: NANOS.nullable(),
    joined_at: TIME,
  })
  .openapi("Member");
export type Member = z.infer<typeof MEMBER>;

export const MEMBER_CHANGE = z.strictObject({
  role: ROLE.optional(),
  monthly_cap_nanos: z
    .string()
    .regex(/^\d{1,18}$/, "must be whole nanos of USD in a string")
    .nullable()
    .optional()
    .describe("The most that the member's keys may spend in a month (UTC); null: no limit."),
});

export const INVITATION = z
  .strictObject({
    id: ID,
    email: z.string(),
    role: ROLE,
    invited_by: z.string().nullable(),
    created_at: TIME,
    expires_at: TIME,
  })
  .openapi("Invitation");
export type Invitation = z.infer<typeof INVITATION>;
export const NEW_INVITATION = z.strictObject({ email: EMAIL, role: ROLE });

export const INVITATION_LOOK = z.strictObject({
  email: z.string(),
  role: ROLE,
  account: z.strictObject({ display_name: z.string() }).nullable().describe("null: an account of their own."),
  expires_at: TIME,
  known: z.boolean().describe("Whether the address has a user, who signs in and accepts."),
});

export const ACCOUNT = z.strictObject({ id: ID, name: z.string(), display_name: z.string() });
export const CLAIMED = z.strictObject({ status: z.literal("claimed"), me: ME });

export const KEPT_MESSAGE = z
  .strictObject({
    id: z.string(),
    at: TIME,
    kind: z.enum(["email", "sms"]),
    to: z.string(),
    subject: z.string().nullable(),
    text: z.string(),
  })
  .openapi("KeptMessage");
