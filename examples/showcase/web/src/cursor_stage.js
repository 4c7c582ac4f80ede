// Draws cursors on a stage: arrows with names that glide after where they point, trails that fade, ripples. Places are
// [x, y] in ten-thousandths of the stage, so that stages of any size show the same.
import { element } from './dom.js';

export const whole = 10_000;

const glide_ms = 55; // in which an arrow makes good 63 % of its way
const trail_ms = 420;
const idle_ms = 4_000; // then an arrow fades
const ripple_ms = 900;
const most_ripples = 40;

const calm = matchMedia('(prefers-reduced-motion: reduce)');
const arrow = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 2.6 20.2 10.9 12.6 13 8.7 20Z"/></svg>';

export class CursorStage {
  constructor(stage) {
    this.stage = stage;
    this.canvas = stage.querySelector('canvas');
    this.context = this.canvas.getContext('2d');
    this.cursors = new Map(); // by id
    this.frame = 0;
    this.before = 0; // time of the last frame
    new ResizeObserver(() => this.resize()).observe(stage);
  }

  resize() {
    const { clientWidth, clientHeight } = this.stage;
    this.canvas.width = clientWidth * devicePixelRatio;
    this.canvas.height = clientHeight * devicePixelRatio;
    this.context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    this.run();
  }

  to_pixels([x, y]) {
    return [(x / whole) * this.stage.clientWidth, (y / whole) * this.stage.clientHeight];
  }

  /** person: {name, colour, self} */
  move(id, place, person) {
    let cursor = this.cursors.get(id);
    if (!cursor) {
      const node = element('div', { className: 'arrow', innerHTML: arrow });
      node.append(element('span'));
      node.dataset.testid = 'cursor';
      node.setAttribute('aria-hidden', 'true');
      this.stage.append(node);
      cursor = { node, at: place, trail: [] };
      this.cursors.set(id, cursor);
    }
    cursor.to = place;
    // Our own is where the hand is; everything else lags behind by a frame or two, to be smooth.
    if (person.self) cursor.at = place;
    cursor.node.classList.remove('is-idle');
    clearTimeout(cursor.idle);
    cursor.idle = setTimeout(() => cursor.node.classList.add('is-idle'), idle_ms);
    this.name(id, person);
    this.run();
  }

  name(id, { name, colour, self }) {
    const cursor = this.cursors.get(id);
    if (!cursor) return;
    const label = cursor.node.lastElementChild;
    if (label.textContent !== name) label.textContent = name;
    cursor.node.style.setProperty('--person', colour);
    cursor.node.classList.toggle('own', self);
    cursor.colour = colour;
  }

  remove(id) {
    const cursor = this.cursors.get(id);
    if (!cursor) return;
    clearTimeout(cursor.idle);
    cursor.node.remove();
    this.cursors.delete(id);
    this.run();
  }

  ripple([x, y], colour) {
    const ripples = this.stage.getElementsByClassName('ripple');
    if (ripples.length >= most_ripples) ripples[0].remove();
    const node = element('i', { className: 'ripple' });
    node.dataset.testid = 'ripple';
    node.style.cssText = `left: ${(x / whole) * 100}%; top: ${(y / whole) * 100}%; --person: ${colour}`;
    this.stage.append(node);
    setTimeout(() => node.remove(), ripple_ms);
  }

  run() {
    if (!this.frame) this.frame = requestAnimationFrame((now) => this.draw(now));
  }

  /** One frame; the next follows only while something moves. */
  draw(now) {
    const passed = Math.min(now - this.before, 100);
    this.before = now;
    this.frame = 0;
    this.context.clearRect(0, 0, this.stage.clientWidth, this.stage.clientHeight);
    let moving = false;
    for (const cursor of this.cursors.values()) {
      const share = calm.matches ? 1 : 1 - Math.exp(-passed / glide_ms);
      cursor.at = cursor.at.map((value, axis) => (Math.abs(cursor.to[axis] - value) < 2 ? cursor.to[axis] : value + (cursor.to[axis] - value) * share));
      const [x, y] = this.to_pixels(cursor.at);
      cursor.node.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
      cursor.node.classList.toggle('at-edge', x > this.stage.clientWidth - 140);
      if (!calm.matches) this.draw_trail(cursor, x, y, now);
      moving ||= cursor.trail.length > 1 || cursor.at.some((value, axis) => value !== cursor.to[axis]);
    }
    if (moving) this.run();
  }

  draw_trail(cursor, x, y, now) {
    const { trail } = cursor;
    const last = trail[trail.length - 1];
    if (!last || last.x !== x || last.y !== y) trail.push({ x, y, at: now });
    while (trail.length && now - trail[0].at > trail_ms) trail.shift();
    const { context } = this;
    context.strokeStyle = cursor.colour;
    for (let i = 1; i < trail.length; i++) {
      const youth = 1 - (now - trail[i].at) / trail_ms;
      context.globalAlpha = 0.35 * youth * youth;
      context.lineWidth = 1.5 + 7 * youth;
      context.beginPath();
      context.moveTo(trail[i - 1].x, trail[i - 1].y);
      context.lineTo(trail[i].x, trail[i].y);
      context.stroke();
    }
  }
}
