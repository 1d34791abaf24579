import type { Theme } from "vitepress";
// Without its fonts: they are large, and what a reader's system brings is what the reader is used to.
import DefaultTheme from "vitepress/theme-without-fonts";
import "./colours.css";
import "./pages.css";

const theme: Theme = DefaultTheme;

export default theme;
