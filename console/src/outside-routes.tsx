import { type ComponentType, lazy } from "react";
import { Route } from "wouter";

/** A page that is loaded when it is first gone to. */
export function page<Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name) {
  const shown = async () => ({ default: (await load())[name] });
  return Object.assign(lazy(shown), { preload: shown });
}

/** Pages for people who are not signed in. */
const PAGES = {
  "/sign-in": page(() => import("./pages/auth/sign-in.tsx"), "SignInPage"),
  "/sign-up": page(() => import("./pages/auth/sign-up.tsx"), "SignUpPage"),
  "/second-factor": page(() => import("./pages/auth/second-factor.tsx"), "SecondFactorPage"),
  "/verify": page(() => import("./pages/auth/verify.tsx"), "VerifyPage"),
  "/forgot": page(() => import("./pages/auth/forgot.tsx"), "ForgotPage"),
  "/reset": page(() => import("./pages/auth/reset.tsx"), "ResetPage"),
  "/claim": page(() => import("./pages/auth/claim.tsx"), "ClaimPage"),
  "/home": page(() => import("./pages/home/home.tsx"), "HomePage"),
  "/pricing": page(() => import("./pages/pricing/pricing.tsx"), "PricingPage"),
  "/probe": page(() => import("./pages/probe/probe.tsx"), "ProbePage"),
  "/invitation": page(() => import("./pages/auth/invitation.tsx"), "InvitationPage"),
};

/** Begins to load the page of an address, while it is still being found out who is there. */
export function preload(path: string): void {
  for (const [known, Shown] of Object.entries(PAGES)) if (path === `/console${known}`) void Shown.preload();
}

export function outsideRoutes() {
  return Object.entries(PAGES).map(([path, Shown]) => (
    <Route key={path} path={path}>
      <Shown />
    </Route>
  ));
}
