import { type Brand, logoAddress, type Offering, publicBaseUrls } from "../../../core/offering.ts";
import { META } from "../../contract/meta.ts";
import { areaOf } from "../route.ts";

const area = areaOf("Meta");

function brandView({ name, logo, colors, keyVariable }: Brand) {
  return { name, logo: logoAddress({ logo }) ?? null, colors, key_variable: keyVariable };
}

function baseUrls(offering: Pick<Offering, "brand" | "hosts">, request: Request) {
  return { ...publicBaseUrls(offering, URL.parse(request.url)?.origin ?? "") };
}

export const META_ROUTES = [
  area.open({
    method: "get",
    path: "/meta",
    summary: "What this installation is",
    description:
      "Name, colours, addresses and what is switched on: all that a page needs before anyone signs in.",
    answer: META,
    handle({ deps, request }) {
      const { brand, catalogue, hosts, regions, plans, signUp } = deps.config();
      const { oauth } = deps.control.people;
      return {
        version: deps.version,
        brand: brandView(brand),
        base_urls: baseUrls({ brand, hosts }, request),
        hosts: hosts.map(({ region, ...host }) => ({ ...host, region: region ?? null })),
        regions: regions.map(({ id, displayName, city }) => ({ id, display_name: displayName, city })),
        plans: plans.map(({ id, keyPrefix }) => ({ id, key_prefix: keyPrefix })),
        sign_up: { mode: signUp.mode, phone: signUp.phone },
        trial: signUp.trial ? { path: signUp.trial.path, verify: signUp.trial.verify } : null,
        sign_in: {
          password: true,
          passkey: true,
          github: oauth.github !== undefined,
          google: oauth.google !== undefined,
        },
        catalogue: catalogue.shownTo,
        payments: { stripe: deps.control.paymentProvider !== undefined },
      };
    },
  }),
];
