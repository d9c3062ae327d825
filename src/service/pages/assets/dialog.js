import { submits } from './form.js';
import { element } from './page.js';

/**
 * A dialog whose form does something. Returns a function that opens it, with the values that fields begin with, and resolves
 * with whether that was done.
 */
export function dialog(id, work) {
  const [box, form] = [element(id), element(`${id}-form`)];
  let isDone = false;
  submits(form, async (values) => {
    await work(values);
    isDone = true;
    box.close();
  });
  box.querySelector('.cancel').addEventListener('click', () => box.close());
  return (values = {}) =>
    new Promise((resolve) => {
      isDone = false;
      form.reset();
      for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
      box.addEventListener('close', () => resolve(isDone), { once: true });
      box.showModal();
    });
}
