import { html } from './html.js';
import type { PageTemplate } from './page.js';

export const notFoundPage: PageTemplate = ({ texts: { notFound } }) => ({
  title: notFound.title,
  status: 404,
  main: html` <h1>${notFound.title}</h1>
    <p>${notFound.text}</p>
    <p class="other"><a href="/account">${notFound.link}</a></p>`,
});
