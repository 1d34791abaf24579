import { groups, type Product, price, products } from "../catalog.ts";
import { drawing, landscape } from "./drawings.ts";
import { type Html, html } from "./html.ts";

export function productsPage(): Html {
  return html`<section class="hero">
    <div>
      <h1>What you put in, keeps.</h1>
      <p>Flasks, teas and camp kit for cold places and long days.</p>
      <a class="button" href="#flasks">See what keeps</a>
    </div>
    ${landscape}
  </section>
  ${groups.map(
    ({ name, line }) => html`<section class="group" aria-labelledby="${name.toLowerCase()}">
      <header><h2 id="${name.toLowerCase()}">${name}</h2><p>${line}</p></header>
      <ul class="cards">${products.filter((product) => product.group === name).map(card)}</ul>
    </section>`,
  )}`;
}

function card(product: Product): Html {
  return html`<li class="card">
    <div class="sheet ${product.group.toLowerCase()}">${drawing(product.drawing)}</div>
    <h3 class="named"><a href="/products/${product.id}">${product.name}</a></h3>
    <p>${product.summary}</p>
    ${keeps(product)}
    ${buy(product)}
  </li>`;
}

export function productPage(product: Product): Html {
  return html`<article class="product">
    <div class="sheet ${product.group.toLowerCase()}">${drawing(product.drawing)}</div>
    <div class="details">
      <p class="trail"><a href="/#${product.group.toLowerCase()}">${product.group}</a></p>
      <h1>${product.name}</h1>
      <p class="lead">${product.summary}</p>
      <p>${product.story}</p>
      ${keeps(product)}
      ${buy(product)}
    </div>
  </article>`;
}

function keeps(product: Product): Html {
  return html`<p class="keeps"><span>Keeps</span> ${product.keeps}</p>`;
}

function buy(product: Product): Html {
  return html`<form class="buy" method="post" action="/cart/${product.id}/add">
    <span class="price">${price(product.price)}</span>
    <button class="button">Add to cart<span class="unseen"> ${product.name}</span></button>
  </form>`;
}
