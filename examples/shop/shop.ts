import { getSession, session } from "dewar";
import { type Response, Router } from "express";
import { askToSignIn } from "./account.ts";
import { cartLines, changeQuantity, MOST_OF_ONE, placeOrder } from "./cart.ts";
import { findProduct } from "./catalog.ts";
import { field, type Show } from "./render.ts";
import { cartPage, orderPage } from "./views/cart.ts";
import { productPage, productsPage } from "./views/products.ts";

/** What can be bought, the cart, and the order. A path whose product isn't there falls through to "not found". */
export function shopRoutes(show: Show): Router {
  const router = Router();

  router.get("/", (_req, res) => show(res, "Flasks, teas and camp kit", productsPage()));

  router.get("/products/:id", (req, res, next) => {
    const product = findProduct(req.params.id);
    if (!product) return next();
    show(res, product.name, productPage(product));
  });

  router.get("/cart", (_req, res) => {
    show(res, "Your cart", cartPage(cartLines(), getSession().subject !== undefined));
  });

  router.post("/cart/:id/add", async (req, res, next) => {
    const product = findProduct(req.params.id);
    if (!product) return next();
    await changeQuantity(product, (before) => before + 1);
    getSession().flash(`${product.name} is in your cart.`, "success");
    res.redirect(303, "/cart");
  });

  router.post("/cart/:id", async (req, res, next) => {
    const product = findProduct(req.params.id);
    if (!product) return next();
    const typed = field(req, "quantity");
    if (!/^\d{1,2}$/.test(typed) || Number(typed) > MOST_OF_ONE) {
      getSession().flash(`Between 0 and ${MOST_OF_ONE} of each, please.`, "error");
    } else {
      await changeQuantity(product, () => Number(typed));
    }
    res.redirect(303, "/cart");
  });

  router.post("/cart/:id/remove", async (req, res, next) => {
    const product = findProduct(req.params.id);
    if (!product) return next();
    await changeQuantity(product, () => 0);
    getSession().flash(`${product.name} is out of your cart.`);
    res.redirect(303, "/cart");
  });

  router.post("/order", async (_req, res) => {
    if (getSession().subject === undefined) return askToSignIn(res, "/cart", "Sign in to place your order.");
    if (await placeOrder()) return res.redirect(303, "/order");
    backToCart(res);
  });

  router.get("/order", (_req, res) => {
    if (!session.order) return backToCart(res);
    show(res, "Your order", orderPage(session.order));
  });

  return router;
}

function backToCart(res: Response): void {
  res.redirect(303, "/cart");
}
