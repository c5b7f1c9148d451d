import type { PeopleStore } from "../../accounts/people/store.ts";
import { challengeStore } from "./challenge-store.ts";
import { factorStore } from "./factor-store.ts";
import { organisationStore } from "./organisation-store.ts";
import { sessionStore } from "./session-store.ts";
import type { Runner } from "./steps.ts";
import { userStore } from "./user-store.ts";

/** Everything of people, in whichever database the runner runs on. */
export function peopleStore(runner: Runner): PeopleStore {
  return {
    users: userStore(runner),
    sessions: sessionStore(runner),
    challenges: challengeStore(runner),
    factors: factorStore(runner),
    organisations: organisationStore(runner),
  };
}
