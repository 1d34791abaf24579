/** What a shop keeps of a visitor: about 1 KB as JSON. */
export interface Sample {
  user: { id: string; name: string; email: string; roles: string[]; locale: string; theme: string };
  cart: { currency: string; coupon: string; lines: { sku: string; title: string; quantity: number; price: number }[] };
  viewed: string[];
  address: { street: string; city: string; postcode: string; country: string };
  csrf: string;
}

/** A fresh copy, so that no two sessions share an object. */
export function sample(): Sample {
  return {
    user: {
      id: "5f1c2f9e-6c0e-4c39-9a4c-0b1f5a0f7c11",
      name: "Agnes Pockels",
      email: "agnes.pockels@example.org",
      roles: ["customer", "reviewer"],
      locale: "de-DE",
      theme: "dark",
    },
    cart: {
      currency: "EUR",
      coupon: "WINTER-10",
      lines: [
        { sku: "FLASK-0500-ST", title: "Vacuum flask, steel, 0.5 l", quantity: 1, price: 2490 },
        { sku: "FLASK-1000-GL", title: "Vacuum flask, glass, 1 l", quantity: 2, price: 3990 },
        { sku: "CUP-0250-EN-BL", title: "Enamel cup, blue", quantity: 4, price: 890 },
        { sku: "TEA-DARJ-0100", title: "Darjeeling, second flush, 100 g", quantity: 1, price: 1250 },
        { sku: "TEA-ASSM-0250", title: "Assam, broken, 250 g", quantity: 2, price: 1490 },
      ],
    },
    viewed: [
      "/flasks/steel-0500",
      "/flasks/glass-1000",
      "/cups/enamel-blue",
      "/tea/darjeeling-second-flush",
      "/tea/assam-broken",
      "/help/delivery",
      "/help/returns-and-refunds",
    ],
    address: { street: "Löwenwall 16", city: "Braunschweig", postcode: "38100", country: "DE" },
    csrf: "vJ0m3yqkP5c3l0B1zj0k0m7b6mJ9tQ2a5yqV0sYx8hE",
  };
}
