import { type Line, money, totalOf } from "../catalog.ts";
import { type Html, html } from "./html.ts";

export const LONGEST_NAME = 40;

export function cartPage(lines: Line[]): Html {
  if (lines.length === 0) {
    return html`<h1>Your cart</h1>
      <p class="lead">It is empty. <a href="/">Flask shows what there is</a></p>`;
  }
  return html`<h1>Your cart</h1>
    <p class="lead">Flask put it together, Express sells it.</p>
    <ul class="lines">
      ${lines.map(cartLine)}
      <li><strong>Total</strong> <strong class="price">${money(totalOf(lines))}</strong></li>
    </ul>
    <form method="post" action="/cart/order"><button class="button">Place the order</button></form>`;
}

function cartLine({ product, quantity }: Line): Html {
  return html`<li>
    <span>${quantity} × ${product.name}</span>
    <form method="post" action="/cart/remove"><button class="plain" name="product" value="${product.id}">Remove <span class="unseen">${product.name}</span></button></form>
    <span class="price">${money(product.price * quantity)}</span>
  </li>`;
}

export function loginPage(error?: string): Html {
  return html`<h1>Sign in</h1>
    <p class="lead">On Express; Flask will know you at once. Any name will do.</p>
    <form class="fields" method="post" action="/login">
      <label for="name">Your name</label>
      <input id="name" name="name" autocomplete="username" maxlength="${LONGEST_NAME}" required${error !== undefined && html` aria-invalid="true" aria-describedby="wrong"`}>
      ${error !== undefined && html`<p id="wrong" class="wrong" role="alert">${error}</p>`}
      <button class="button">Sign in</button>
    </form>`;
}

export function accountPage(subject: string | undefined, stamps: number, most: number): Html {
  return html`<h1>Your account</h1>
    ${
      subject === undefined
        ? html`<p class="lead">You aren't signed in. <a href="/login">Sign in</a></p>`
        : html`<p class="lead">You are signed in as <strong>${subject}</strong>.</p>
          <div class="choices">
            <form method="post" action="/logout"><button class="button of-flask">Sign out on Flask</button></form>
            <form method="post" action="/account/end"><button class="button of-express">End the session on Express</button></form>
          </div>
          <p class="small">Flask-Login signs out and keeps the cart; <code>destroy()</code> ends all of it.</p>`
    }
    <h2>Your stamp card</h2>
    <p class="card" role="img" aria-label="${stamps} of ${most} stamps">${Array.from({ length: most }, (_, index) => html`<span class="${index < stamps ? "stamp" : ""}"></span>`)}</p>
    <p class="small">Both sides stamp the same card. A full one is followed by a new one.</p>`;
}
