import { type CartLine, MOST_OF_ONE, type Order, total } from "../cart.ts";
import { price } from "../catalog.ts";
import { drawing } from "./drawings.ts";
import { type Html, html } from "./html.ts";

export function cartPage(lines: CartLine[], signedIn: boolean): Html {
  if (lines.length === 0) {
    return html`<section class="empty">
      ${drawing("mug")}
      <h1>Your cart is empty</h1>
      <p>Whatever you put in will still be here tomorrow.</p>
      <a class="button" href="/">Find something that keeps</a>
    </section>`;
  }
  return html`<h1>Your cart</h1>
  <div class="cart">
    <ul class="lines">${lines.map(cartLine)}</ul>
    <form class="summary" method="post" action="/order">
      <p class="sum"><span>Total</span> <strong>${price(total(lines))}</strong></p>
      <button class="button">Place the order</button>
      <p class="small">${signedIn ? "It is a demonstration: you won't be charged." : "You will be asked for a name first."}</p>
    </form>
  </div>`;
}

function cartLine({ product, quantity }: CartLine): Html {
  return html`<li>
    <div class="sheet ${product.group.toLowerCase()}">${drawing(product.drawing)}</div>
    <div class="what"><h2 class="named"><a href="/products/${product.id}">${product.name}</a></h2><p class="small">${price(product.price)} each</p></div>
    <form class="quantity" method="post" action="/cart/${product.id}">
      <label><span class="unseen">How many: ${product.name}</span>
        <input type="number" name="quantity" value="${quantity}" min="0" max="${MOST_OF_ONE}" required></label>
      <button class="quiet">Update<span class="unseen"> ${product.name}</span></button>
    </form>
    <p class="price">${price(product.price * quantity)}</p>
    <form class="remove" method="post" action="/cart/${product.id}/remove"><button class="plain">Remove<span class="unseen"> ${product.name}</span></button></form>
  </li>`;
}

export function orderPage(order: Order): Html {
  return html`<section class="empty">
    ${drawing("flask")}
    <p class="trail">Order ${order.number}</p>
    <h1>Thank you, it is on its way</h1>
    <p>${order.pieces} ${order.pieces === 1 ? "piece" : "pieces"} for ${price(order.total)}, or would be: this is a demonstration.</p>
    <a class="button" href="/">Back to the shop</a>
  </section>`;
}
