import { submits } from './form.js';
import { element } from './page.js';

/** A dialog whose form does something. Returns a function that opens it, and resolves with whether that was done. */
export function dialog(id, work) {
  const [box, form] = [element(id), element(`${id}-form`)];
  let isDone = false;
  submits(form, async (values) => {
    await work(values);
    isDone = true;
    box.close();
  });
  box.lastElementChild.addEventListener('click', () => box.close());
  return () =>
    new Promise((resolve) => {
      isDone = false;
      form.reset();
      box.addEventListener('close', () => resolve(isDone), { once: true });
      box.showModal();
    });
}
